namespace Kiln;

public partial class Tensor
{
    /// <summary>Ones, the same for every sample.</summary>
    /// <param name="shape">Sizes of the axes.</param>
    public static Tensor Ones(params int[] shape) => throw new BuildTimeOnly();
}
