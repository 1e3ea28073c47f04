namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The same elements, row-major, under another shape.</summary>
    /// <param name="shape">Sizes; one may be −1, which is what the others leave.</param>
    public TSelf Reshape(params int[] shape) => No;
}

/// <summary>The same elements, row-major, under another shape.</summary>
/// <param name="shape">Sizes; one may be −1, which is what the others leave.</param>
public sealed class Reshape(params int[] shape) : Layer
{
    /// <summary>Sizes; one may be −1, which is what the others leave.</summary>
    public int[] Shape => shape;
}
