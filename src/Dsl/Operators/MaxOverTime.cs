namespace Kiln;

public partial class Sequence
{
    /// <summary>The maximum over the steps of each sample, NaN where one is among them; the derivative goes to the first of equal ones.</summary>
    public Tensor MaxOverTime() => throw new BuildTimeOnly();
}
