namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean of each window of each channel of a signal [channels, length].</summary>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">How far the window moves at a time. Default: as far as it is long.</param>
    /// <param name="padding">Elements on both sides or (before, after), fewer than the window has; or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="ceiling">Whether a last window that hangs over the padded signal counts; one that would begin after the signal never does. What hangs over is never counted in the mean.</param>
    /// <param name="countPadding">Whether padding counts, as zeros; else the mean is that of the window's elements inside the signal.</param>
    public TSelf AveragePool1D(int kernel, int stride = 0, Padding padding = default, bool ceiling = false, bool countPadding = true) => No;
}

/// <summary>The mean of each window of each channel of a signal [channels, length].</summary>
/// <param name="kernel">The window's length.</param>
public sealed class AveragePool1D(int kernel) : PoolingLayer1D(kernel)
{
    /// <summary>Whether padding counts, as zeros (the default); else the mean is that of the window's elements inside the signal. What hangs over the padding is never counted.</summary>
    public bool CountPadding { get; set; } = true;
}
