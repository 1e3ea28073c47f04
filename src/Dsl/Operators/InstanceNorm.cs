namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>weight · (x − mean) / √(variance + epsilon) + bias, mean and variance over the pixels of each channel (the first axis) of each sample. Ulyanov et al. 2016.</summary>
    /// <param name="epsilon">What keeps equal pixels from a division by zero, above 0.</param>
    /// <param name="affine">Whether the result is scaled and shifted by a trained weight and bias per channel (PyTorch's default: neither).</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public TSelf InstanceNorm(double epsilon = 1e-5, bool affine = true, string? name = null) => No;
}

/// <summary>weight · (x − mean) / √(variance + epsilon) + bias, mean and variance over the pixels of each channel (the first axis) of each sample. Ulyanov et al. 2016.</summary>
public sealed class InstanceNorm : Layer
{
    /// <summary>What keeps equal pixels from a division by zero, above 0. Default: 10⁻⁵.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether the result is scaled and shifted by a trained weight and bias per channel. Default: true (PyTorch's default: neither).</summary>
    public bool Affine { get; set; } = true;
}
