namespace Kiln;

public partial class Sequence
{
    /// <summary>h = tanh(x · W + h · R + b) over time, from zeros on: the simple recurrent network. Elman 1990.</summary>
    /// <param name="units">Elements of h, at least 1.</param>
    /// <param name="activation">What is applied to the sum.</param>
    /// <param name="recurrentDropout">In training each element of h is left out of the products with the recurrent weight with this probability, in [0, 1): the same elements at every step of a sample.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public Sequence Rnn(int units, RecurrentActivation activation = RecurrentActivation.Tanh, double recurrentDropout = 0, string? name = null) => No;
}

/// <summary>h = tanh(x · W + h · R + b) over time: the simple recurrent network. Elman 1990.</summary>
/// <param name="units">Elements of h, at least 1.</param>
/// <remarks>The parameters are weight [inputs, units] and recurrent [units, units] (in checkpoints transposed, as PyTorch has them), and bias [units].</remarks>
public sealed class Rnn(int units) : Recurrent<Tensor>
{
    /// <summary>Elements of h.</summary>
    public int Units => units;

    /// <summary>What is applied to the sum. Default: <see cref="RecurrentActivation.Tanh"/>.</summary>
    public RecurrentActivation Activation { get; set; }
}

/// <summary>What a simple recurrent layer applies to its sum.</summary>
public enum RecurrentActivation
{
    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}
