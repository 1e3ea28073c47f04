namespace Kiln;

/// <summary>Long short-term memory. Hochreiter and Schmidhuber 1997, with forget gates. This version reports it as an error (operator not available yet).</summary>
/// <param name="units">Hidden units.</param>
public sealed class Lstm(int units) : Recurrent<(Tensor H, Tensor C)>
{
    /// <summary>Hidden units.</summary>
    public int Units => units;

    /// <summary>Whether the gates see the cell.</summary>
    public bool Peepholes { get; set; }
}

public partial class Sequence
{
    /// <summary>Long short-term memory over time. This version reports it as an error (operator not available yet).</summary>
    /// <param name="units">Hidden units.</param>
    /// <param name="peepholes">Whether the gates see the cell.</param>
    public Sequence Lstm(int units, bool peepholes = false) => No;
}
