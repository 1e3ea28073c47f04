namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>
    /// weight · (x − mean) / √(variance + epsilon) + bias for each channel, the first axis. In training mean and variance are those of the batch, over
    /// all its rows and all pixels, and the running ones move towards them; in inference they are the running ones. Ioffe and Szegedy 2015.
    /// </summary>
    /// <param name="momentum">The weight of the newest batch in the running statistics, from 0 to 1.</param>
    /// <param name="epsilon">What keeps a channel without variance from a division by zero, above 0.</param>
    /// <param name="affine">Whether the result is scaled and shifted by a trained weight and bias per channel.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>
    /// The parameters are weight, bias, running_mean and running_var, each [channels]; the last two are not trained but written at the end of each
    /// successful step of a program that trains the layer, the variance with the divisor n − 1, as PyTorch does. A batch with one number per channel
    /// (one row of features) has no variance: it is normalised by the running statistics, which stay as they are.
    /// </remarks>
    public TSelf BatchNorm(double momentum = 0.1, double epsilon = 1e-5, bool affine = true, string? name = null) => No;
}

/// <summary>
/// weight · (x − mean) / √(variance + epsilon) + bias for each channel, the first axis. In training mean and variance are those of the batch, over
/// all its rows and all pixels, and the running ones move towards them; in inference they are the running ones. Ioffe and Szegedy 2015.
/// </summary>
/// <remarks>
/// The parameters are weight, bias, running_mean and running_var, each [channels]; the last two are not trained but written at the end of each
/// successful step of a program that trains the layer, the variance with the divisor n − 1, as PyTorch does. A batch with one number per channel
/// (one row of features) has no variance: it is normalised by the running statistics, which stay as they are.
/// </remarks>
public sealed class BatchNorm : Layer
{
    /// <summary>The weight of the newest batch in the running statistics, from 0 to 1. Default: 0.1.</summary>
    public double Momentum { get; set; } = 0.1;

    /// <summary>What keeps a channel without variance from a division by zero, above 0. Default: 10⁻⁵.</summary>
    public double Epsilon { get; set; } = 1e-5;

    /// <summary>Whether the result is scaled and shifted by a trained weight and bias per channel. Default: true.</summary>
    public bool Affine { get; set; } = true;
}
