namespace Kiln;

public partial class Sequence
{
    /// <summary>The sum over the steps of each sample.</summary>
    public Tensor SumOverTime() => throw new BuildTimeOnly();
}
