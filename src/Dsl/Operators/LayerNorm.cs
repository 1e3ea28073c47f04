namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>weight · (x − mean) / √(variance + epsilon) + bias, mean and variance over all elements of a sample, or over its last axes. Ba et al. 2016.</summary>
    /// <param name="lastAxes">How many axes, the last ones, are taken together; 0: all.</param>
    /// <param name="epsilon">What keeps equal elements from a division by zero, above 0.</param>
    /// <param name="affine">Whether the result is scaled and shifted by a trained weight and bias for each element of these axes.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public TSelf LayerNorm(int lastAxes = 0, double epsilon = 1e-5, bool affine = true, string? name = null) => No;
}

/// <summary>weight · (x − mean) / √(variance + epsilon) + bias, mean and variance over all elements of a sample, or over its last axes. Ba et al. 2016.</summary>
/// <param name="lastAxes">How many axes, the last ones, are taken together; 0: all.</param>
public sealed class LayerNorm(int lastAxes = 0) : Layer
{
    /// <summary>How many axes, the last ones, are taken together; 0: all.</summary>
    public int LastAxes => lastAxes;

    /// <summary>What keeps equal elements from a division by zero, above 0. Default: 10⁻⁵.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether the result is scaled and shifted by a trained weight and bias for each element of these axes. Default: true.</summary>
    public bool Affine { get; set; } = true;
}
