namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x · Φ(x) = x / 2 · (1 + erf(x / √2)), Φ the normal distribution; or its approximation x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). Hendrycks and Gimpel 2016.</summary>
    /// <param name="approximate">By tanh.</param>
    public TSelf Gelu(bool approximate = false) => No;
}

/// <summary>x · Φ(x) = x / 2 · (1 + erf(x / √2)), Φ the normal distribution; or its approximation x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). Hendrycks and Gimpel 2016.</summary>
public sealed class Gelu : Layer
{
    /// <summary>By tanh. Default: false.</summary>
    public bool Approximate { get; set; }
}
