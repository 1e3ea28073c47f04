namespace Kiln;

public partial class Tensor
{
    /// <summary>The derivative of this with respect to x, for this sample; differentiable again. Of a scalar it has x's shape; otherwise it is the Jacobian, [this.Shape, x.Shape].</summary>
    /// <param name="x">A value that this was computed from.</param>
    public Tensor Gradient(Tensor x) => throw new BuildTimeOnly();
}

public partial class Tensor
{
    /// <summary>The derivative of this number with respect to every step of x, for this sample; differentiable again.</summary>
    /// <param name="x">A sequence that this was computed from.</param>
    public Sequence Gradient(Sequence x) => throw new BuildTimeOnly();
}
