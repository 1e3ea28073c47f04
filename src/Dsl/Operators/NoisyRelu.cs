namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>In training: max(0, x + n) with n drawn from the normal distribution of mean 0 for every element. In inference: max(0, x). Nair and Hinton 2010, with a fixed deviation.</summary>
    /// <param name="deviation">The standard deviation of n, at least 0.</param>
    public TSelf NoisyRelu(double deviation = 0.1) => No;
}

/// <summary>In training: max(0, x + n) with n drawn from the normal distribution of mean 0 for every element. In inference: max(0, x). Nair and Hinton 2010, with a fixed deviation.</summary>
/// <param name="deviation">The standard deviation of n, at least 0.</param>
public sealed class NoisyRelu(double deviation = 0.1) : Layer
{
    /// <summary>The standard deviation of the noise.</summary>
    public double Deviation => deviation;
}
