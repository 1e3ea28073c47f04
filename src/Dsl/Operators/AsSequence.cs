namespace Kiln;

public partial class Tensor
{
    /// <summary>An axis becomes time: a sequence of as many steps as the axis has elements, the same for all samples.</summary>
    /// <param name="axis">The axis, negative ones counted from the end.</param>
    public Sequence AsSequence(int axis = 0) => throw new BuildTimeOnly();
}
