namespace Kiln;

public partial class Tensor
{
    /// <summary>Numbers known at build time, the same for every sample.</summary>
    /// <param name="values">In row-major order.</param>
    /// <param name="shape">Sizes of the axes; none: one axis with all values.</param>
    public static Tensor Constant(float[] values, params int[] shape) => throw new BuildTimeOnly();
}
