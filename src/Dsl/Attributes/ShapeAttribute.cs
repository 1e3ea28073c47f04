namespace Kiln;

/// <summary>
/// The shape of one sample of a <see cref="Tensor"/> or <see cref="Labels"/> parameter, or of one step of a <see cref="Sequence"/>. Repeated: one specialisation of the program for each.
/// </summary>
/// <param name="dimensions">Sizes of one sample's axes, each at least 1; none for a single number per sample.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue, AllowMultiple = true)]
public sealed class ShapeAttribute(params int[] dimensions) : Attribute
{
    /// <summary>Sizes of one sample's axes.</summary>
    public int[] Dimensions => dimensions;
}
