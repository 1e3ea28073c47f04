namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean of each window of each channel of an image [channels, height, width].</summary>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far the window moves at a time. Default: as far as it is large.</param>
    /// <param name="padding">Pixels on every side, per axis or per side, fewer than the window has; or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="ceiling">Whether a last window that hangs over the padded image counts; one that would begin after the image never does. What hangs over is never counted in the mean.</param>
    /// <param name="countPadding">Whether padding counts, as zeros; else the mean is that of the window's pixels inside the image.</param>
    public TSelf AveragePool2D(Size kernel, Size stride = default, Padding padding = default, bool ceiling = false, bool countPadding = true) => No;
}

/// <summary>The mean of each window of each channel of an image [channels, height, width].</summary>
/// <param name="kernel">The window's side in pixels.</param>
public sealed class AveragePool2D(int kernel) : PoolingLayer(kernel)
{
    /// <summary>Whether padding counts, as zeros (the default); else the mean is that of the window's pixels inside the image. What hangs over the padding is never counted.</summary>
    public bool CountPadding { get; set; } = true;
}
