namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x · W + b: every unit sees every element. On [n] the result is [units]; on [..., n] the last axis is replaced.</summary>
    /// <param name="units">The number of outputs, at least 1.</param>
    /// <param name="bias">Whether a trained constant per unit is added.</param>
    /// <param name="initializer">How the weight's initial values are drawn.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [inputs, units] in expressions and [units, inputs] in checkpoints.</remarks>
    public TSelf Dense(int units, bool bias = true, Initializer initializer = default, string? name = null) => No;
}

/// <summary>x · W + b: every unit sees every element. On [n] the result is [units]; on [..., n] the last axis is replaced.</summary>
/// <param name="units">The number of outputs, at least 1.</param>
public sealed class Dense(int units) : WeightedLayer
{
    /// <summary>The number of outputs.</summary>
    public int Units => units;

    /// <summary>A layer with the same weight, transposed (tied), and a bias of its own.</summary>
    /// <param name="bias">Whether it has that bias.</param>
    public Dense Transposed(bool bias = true) => throw new BuildTimeOnly();
}
