namespace Kiln;

public partial class Tensor
{
    /// <summary>Parts of one shape along a new axis.</summary>
    /// <param name="parts">At least one.</param>
    /// <param name="axis">Where the new axis is in the result.</param>
    public static Tensor Stack(IEnumerable<Tensor> parts, int axis = 0) => throw new BuildTimeOnly();
}
