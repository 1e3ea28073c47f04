namespace Kiln;

public partial class Tensor
{
    /// <summary>Normal deviates, mean 0 and variance 1, drawn afresh for every sample and call.</summary>
    /// <param name="shape">Sizes of one sample's axes.</param>
    public static Tensor Normal(params int[] shape) => throw new BuildTimeOnly();
}
