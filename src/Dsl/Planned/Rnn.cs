namespace Kiln;

/// <summary>tanh(x · U + h · W + b). Elman 1990. This version reports it as an error (operator not available yet).</summary>
/// <param name="units">Hidden units.</param>
public sealed class Rnn(int units) : Recurrent<Tensor>
{
    /// <summary>Hidden units.</summary>
    public int Units => units;
}

public partial class Sequence
{
    /// <summary>tanh(x · U + h · W + b) over time. This version reports it as an error (operator not available yet).</summary>
    /// <param name="units">Hidden units.</param>
    public Sequence Rnn(int units) => No;
}
