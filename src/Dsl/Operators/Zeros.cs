namespace Kiln;

public partial class Tensor
{
    /// <summary>Zeros, the same for every sample.</summary>
    /// <param name="shape">Sizes of the axes.</param>
    public static Tensor Zeros(params int[] shape) => throw new BuildTimeOnly();
}
