namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum of each window of each channel of a signal [channels, length]. Padding never wins; the derivative goes to the first of equal ones.</summary>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">How far the window moves at a time. Default: as far as it is long.</param>
    /// <param name="padding">Elements on both sides or (before, after), fewer than the window has; or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="ceiling">Whether a last window that hangs over the padded signal counts; one that would begin after the signal never does.</param>
    public TSelf MaxPool1D(int kernel, int stride = 0, Padding padding = default, bool ceiling = false) => No;
}

/// <summary>The maximum of each window of each channel of a signal [channels, length]. Padding never wins; the derivative goes to the first of equal ones.</summary>
/// <param name="kernel">The window's length.</param>
public sealed class MaxPool1D(int kernel) : PoolingLayer1D(kernel);
