namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>This and the others one after the other, along the first axis (channels of images). The other sizes are equal.</summary>
    /// <param name="others">What follows.</param>
    public TSelf Concat(params TSelf[] others) => No;
}

public partial class Tensor
{
    /// <summary>The parts one after the other along an axis. The other sizes are equal.</summary>
    /// <param name="parts">At least one.</param>
    /// <param name="axis">The axis that grows.</param>
    public static Tensor Concat(IEnumerable<Tensor> parts, int axis = 0) => throw new BuildTimeOnly();
}

public partial class Sequence
{
    /// <summary>At every step the same tensor after the step's own elements, along the first axis.</summary>
    /// <param name="everyStep">What follows.</param>
    public Sequence Concat(Tensor everyStep) => No;
}
