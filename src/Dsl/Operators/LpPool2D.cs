namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>(Σ|x|ᵖ)^(1/p) over each window of each channel; windows stand side by side.</summary>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="p">At least 1: 1 is the sum of magnitudes, 2 the length, ∞ would be the maximum.</param>
    public TSelf LpPool2D(Size kernel, double p = 2) => No;
}
