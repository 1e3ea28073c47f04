namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>(Σ|x|ᵖ)^(1/p) over each window of each channel of an image [channels, height, width].</summary>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="p">At least 1: 1 is the sum of magnitudes, 2 the length, ∞ would be the maximum.</param>
    /// <param name="stride">How far the window moves at a time. Default: as far as it is large.</param>
    /// <param name="padding">Pixels on every side, per axis or per side, fewer than the window has; or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="ceiling">Whether a last window that hangs over the padded image counts; one that would begin after the image never does.</param>
    public TSelf LpPool2D(Size kernel, double p = 2, Size stride = default, Padding padding = default, bool ceiling = false) => No;
}

/// <summary>(Σ|x|ᵖ)^(1/p) over each window of each channel of an image [channels, height, width].</summary>
/// <param name="kernel">The window's side in pixels.</param>
public sealed class LpPool2D(int kernel) : PoolingLayer(kernel)
{
    /// <summary>At least 1. Default: 2. 1 is the sum of magnitudes, 2 the length, ∞ would be the maximum.</summary>
    public double P { get; set; } = 2;
}
