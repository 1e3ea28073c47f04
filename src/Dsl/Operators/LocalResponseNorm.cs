namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x / (k + alpha / size · Σx²)^beta, the sum over size neighbouring channels (the first axis), of which ⌊size / 2⌋ come before. Krizhevsky et al. 2012, in PyTorch's form.</summary>
    /// <param name="size">How many channels, the own one among them.</param>
    /// <param name="alpha">The factor of the mean square, at least 0. The paper's is of the sum: its 10⁻⁴ is 5 · 10⁻⁴ here.</param>
    /// <param name="beta">The exponent.</param>
    /// <param name="k">The constant, above 0.</param>
    public TSelf LocalResponseNorm(int size = 5, double alpha = 1e-4, double beta = 0.75, double k = 2) => No;
}

/// <summary>x / (k + alpha / size · Σx²)^beta, the sum over size neighbouring channels (the first axis), of which ⌊size / 2⌋ come before. Krizhevsky et al. 2012, in PyTorch's form.</summary>
/// <param name="size">How many channels, the own one among them.</param>
public sealed class LocalResponseNorm(int size = 5) : Layer
{
    /// <summary>How many channels, the own one among them.</summary>
    public int Size => size;

    /// <summary>The factor of the mean square, at least 0. Default: 10⁻⁴. The paper's is of the sum: its 10⁻⁴ is 5 · 10⁻⁴ here.</summary>
    public double Alpha { get; set; } = 1e-4;

    /// <summary>The exponent. Default: 0.75.</summary>
    public double Beta { get; set; } = 0.75;

    /// <summary>The constant, above 0. Default: 2.</summary>
    public double K { get; set; } = 2;
}
