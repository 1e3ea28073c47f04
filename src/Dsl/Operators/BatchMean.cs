namespace Kiln;

public partial class Tensor
{
    /// <summary>The mean over the batch's rows: a value that is the same for every sample.</summary>
    public Tensor BatchMean() => throw new BuildTimeOnly();
}
