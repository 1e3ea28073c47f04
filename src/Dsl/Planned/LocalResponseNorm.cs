namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x / (k + alpha / size · Σx²)^beta, the sum over neighbouring channels. Krizhevsky et al. 2012. This version reports it as an error (operator not available yet).</summary>
    /// <param name="size">How many channels.</param>
    /// <param name="alpha">The factor of the sum.</param>
    /// <param name="beta">The exponent.</param>
    /// <param name="k">The constant.</param>
    public TSelf LocalResponseNorm(int size = 5, double alpha = 1e-4, double beta = 0.75, double k = 2) => No;
}

/// <summary>x / (k + alpha / size · Σx²)^beta, the sum over neighbouring channels. Krizhevsky et al. 2012. This version reports it as an error (operator not available yet).</summary>
/// <param name="size">How many channels.</param>
public sealed class LocalResponseNorm(int size = 5) : Layer
{
    /// <summary>How many channels.</summary>
    public int Size => size;

    /// <summary>The factor of the sum.</summary>
    public double Alpha { get; set; } = 1e-4;

    /// <summary>The exponent.</summary>
    public double Beta { get; set; } = 0.75;

    /// <summary>The constant.</summary>
    public double K { get; set; } = 2;
}
