namespace Kiln;

public partial class Tensor
{
    /// <summary>Normal deviates, mean 0 and variance 1, as many as x has elements.</summary>
    /// <param name="x">Gives the shape only.</param>
    public static Tensor NormalLike(Tensor x) => throw new BuildTimeOnly();
}
