namespace Kiln;

public partial class Sequence
{
    /// <summary>Long short-term memory over time, from zeros on. Hochreiter and Schmidhuber 1997; with forget gates, Gers et al. 2000.</summary>
    /// <param name="units">Elements of h and of the cell c, at least 1.</param>
    /// <param name="peepholes">Whether the gates see the cell.</param>
    /// <param name="forgetBias">Added to the forget gate's input.</param>
    /// <param name="recurrentDropout">In training each element of h is left out of the products with the recurrent weight with this probability, in [0, 1): the same elements at every step of a sample.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public Sequence Lstm(int units, bool peepholes = false, double forgetBias = 1, double recurrentDropout = 0, string? name = null) => No;
}

/// <summary>
/// Long short-term memory: c = f · c + i · g and h = o · tanh(c), with i, f, o = sigmoid and g = tanh of x · W + h · R + b. Hochreiter and Schmidhuber 1997; with forget
/// gates, Gers et al. 2000.
/// </summary>
/// <param name="units">Elements of h and of the cell c, at least 1.</param>
/// <remarks>
/// The parameters are weight [inputs, 4 · units] and recurrent [units, 4 · units] (in checkpoints transposed, as PyTorch has them), and bias [4 · units], each for the gates i, f, g, o in
/// this order; with peepholes also peephole [3 · units], for i, f, o.
/// </remarks>
public sealed class Lstm(int units) : Recurrent<(Tensor H, Tensor C)>
{
    /// <summary>Elements of h and of c.</summary>
    public int Units => units;

    /// <summary>Whether the gates see the cell: i and f that before the step, o that after it. Gers and Schmidhuber 2000. Default: false.</summary>
    public bool Peepholes { get; set; }

    /// <summary>Added to the forget gate's input, so that a new network remembers. Default: 1. With weights of PyTorch: 0.</summary>
    public double ForgetBias { get; set; } = 1;
}
