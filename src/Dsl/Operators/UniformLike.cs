namespace Kiln;

public partial class Tensor
{
    /// <summary>Uniform in [0, 1), as many as x has elements.</summary>
    /// <param name="x">Gives the shape only.</param>
    public static Tensor UniformLike(Tensor x) => throw new BuildTimeOnly();
}
