namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Normalises each channel over the batch, then scales and shifts it. Ioffe and Szegedy 2015. This version reports it as an error (operator not available yet).</summary>
    /// <param name="momentum">The weight of the newest batch in the running statistics.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public TSelf BatchNorm(double momentum = 0.1, string? name = null) => No;
}

/// <summary>Normalises each channel over the batch, then scales and shifts it. Ioffe and Szegedy 2015. This version reports it as an error (operator not available yet).</summary>
public sealed class BatchNorm : Layer
{
    /// <summary>The weight of the newest batch in the running statistics.</summary>
    public double Momentum { get; set; } = 0.1;
}
