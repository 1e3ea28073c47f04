namespace Kiln;

public partial class Sequence
{
    /// <summary>The mean over the steps of each sample.</summary>
    public Tensor MeanOverTime() => throw new BuildTimeOnly();
}
