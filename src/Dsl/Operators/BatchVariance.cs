namespace Kiln;

public partial class Tensor
{
    /// <summary>The variance over the batch's rows (divided by their number): a value that is the same for every sample.</summary>
    public Tensor BatchVariance() => throw new BuildTimeOnly();
}
