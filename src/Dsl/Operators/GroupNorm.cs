namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>weight · (x − mean) / √(variance + epsilon) + bias, mean and variance over each group of channels (the first axis) and all their pixels; weight and bias are [channels]. Wu and He 2018.</summary>
    /// <param name="groups">How many groups of equal size; divides the channels.</param>
    /// <param name="epsilon">What keeps equal elements from a division by zero, above 0.</param>
    /// <param name="affine">Whether the result is scaled and shifted by a trained weight and bias per channel.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public TSelf GroupNorm(int groups, double epsilon = 1e-5, bool affine = true, string? name = null) => No;
}

/// <summary>weight · (x − mean) / √(variance + epsilon) + bias, mean and variance over each group of channels (the first axis) and all their pixels; weight and bias are [channels]. Wu and He 2018.</summary>
/// <param name="groups">How many groups of equal size; divides the channels.</param>
public sealed class GroupNorm(int groups) : Layer
{
    /// <summary>How many groups of equal size.</summary>
    public int Groups => groups;

    /// <summary>What keeps equal elements from a division by zero, above 0. Default: 10⁻⁵.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether the result is scaled and shifted by a trained weight and bias per channel. Default: true.</summary>
    public bool Affine { get; set; } = true;
}
