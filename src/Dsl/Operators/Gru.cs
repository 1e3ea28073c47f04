namespace Kiln;

public partial class Sequence
{
    /// <summary>The gated recurrent unit over time, from zeros on. Cho et al. 2014.</summary>
    /// <param name="units">Elements of h, at least 1.</param>
    /// <param name="resetAfter">Whether the reset gate acts after the product with the recurrent weight, as in PyTorch and cuDNN, and not before it.</param>
    /// <param name="updateKeeps">Whether the update gate weighs the old state, as in PyTorch, and not the new one.</param>
    /// <param name="recurrentDropout">In training each element of h is left out of the products with the recurrent weight with this probability, in [0, 1): the same elements at every step of a sample.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public Sequence Gru(int units, bool resetAfter = true, bool updateKeeps = true, double recurrentDropout = 0, string? name = null) => No;
}

/// <summary>
/// The gated recurrent unit: h = z · h + (1 − z) · n, with r, z = sigmoid(x · W + h · R + b) and n = tanh(x · W + r · (h · R + b) + b), each with its own columns of
/// W and R. Cho et al. 2014.
/// </summary>
/// <param name="units">Elements of h, at least 1.</param>
/// <remarks>
/// The parameters are weight [inputs, 3 · units] and recurrent [units, 3 · units] (in checkpoints transposed, as PyTorch has them), and bias [3 · units], each for r, z, n in this
/// order; where the reset gate acts after the product also recurrent_bias [units], for n.
/// </remarks>
public sealed class Gru(int units) : Recurrent<Tensor>
{
    /// <summary>Elements of h.</summary>
    public int Units => units;

    /// <summary>Whether the reset gate acts after the product with the recurrent weight, as in PyTorch and cuDNN, and not before it: n = tanh(x · W + (r · h) · R + b). Default: true.</summary>
    public bool ResetAfter { get; set; } = true;

    /// <summary>Whether the update gate weighs the old state, as in PyTorch, and not the new one: h = (1 − z) · h + z · n. Default: true.</summary>
    public bool UpdateKeeps { get; set; } = true;
}
