namespace Kiln;

/// <summary>The gated recurrent unit. Cho et al. 2014. This version reports it as an error (operator not available yet).</summary>
/// <param name="units">Hidden units.</param>
public sealed class Gru(int units) : Recurrent<Tensor>
{
    /// <summary>Hidden units.</summary>
    public int Units => units;

    /// <summary>The reset gate acts after the product with the recurrent weight, as in PyTorch.</summary>
    public bool ResetAfter { get; set; }

    /// <summary>The update gate weighs the old state, as in PyTorch, instead of the new one.</summary>
    public bool UpdateKeeps { get; set; }
}

public partial class Sequence
{
    /// <summary>The gated recurrent unit over time. This version reports it as an error (operator not available yet).</summary>
    /// <param name="units">Hidden units.</param>
    /// <param name="resetAfter">The reset gate acts after the product with the recurrent weight.</param>
    public Sequence Gru(int units, bool resetAfter = false) => No;
}
