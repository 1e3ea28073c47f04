namespace Kiln;

public partial class Sequence
{
    /// <summary>Later by so many steps, with zeros at the start: y[t] = x[t − steps]. Each sample keeps its length.</summary>
    /// <param name="steps">How many; negative ones shift to the front, with zeros at the end.</param>
    public Sequence Shift(int steps) => No;
}

public sealed partial class TokenSequence
{
    /// <summary>Later by so many steps: y[t] = x[t − steps]. Each sample keeps its length.</summary>
    /// <param name="steps">How many; negative ones shift to the front.</param>
    /// <param name="fill">The token of the steps that are left free.</param>
    public TokenSequence Shift(int steps, int fill = 0) => throw new BuildTimeOnly();
}
