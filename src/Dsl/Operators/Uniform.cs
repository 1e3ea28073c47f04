namespace Kiln;

public partial class Tensor
{
    /// <summary>Uniform in [0, 1), drawn afresh for every sample and call.</summary>
    /// <param name="shape">Sizes of one sample's axes.</param>
    public static Tensor Uniform(params int[] shape) => throw new BuildTimeOnly();
}
