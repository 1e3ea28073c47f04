namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum of each window of each channel of an image [channels, height, width]. Padding never wins, NaN always does; the derivative goes to the first of equal ones.</summary>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far the window moves at a time. Default: as far as it is large.</param>
    /// <param name="padding">Pixels on every side, per axis or per side, fewer than the window has; or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="ceiling">Whether a last window that hangs over the padded image counts; one that would begin after the image never does.</param>
    public TSelf MaxPool2D(Size kernel, Size stride = default, Padding padding = default, bool ceiling = false) => No;
}

/// <summary>The maximum of each window of each channel of an image [channels, height, width]. Padding never wins, NaN always does; the derivative goes to the first of equal ones.</summary>
/// <param name="kernel">The window's side in pixels.</param>
public sealed class MaxPool2D(int kernel) : PoolingLayer(kernel);
