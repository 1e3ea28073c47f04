namespace Kiln;

public partial class Tensor
{
    /// <summary>The index of the greatest element along the last axis, the first of equal ones; NaN is above every number.</summary>
    public Labels ArgMax() => throw new BuildTimeOnly();
}

public partial class Sequence
{
    /// <summary>At every step the index of the greatest element along the last axis, the first of equal ones; NaN is above every number.</summary>
    public TokenSequence ArgMax() => throw new BuildTimeOnly();
}
