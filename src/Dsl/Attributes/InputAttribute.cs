namespace Kiln;

/// <summary>
/// The shape of one sample at the top of a stack of layers: <c>[Network, Input(1, 28, 28)]</c>. Repeated, with sizes that differ and as many axes:
/// one specialisation of the programs for each, with the same weights.
/// </summary>
/// <param name="shape">Sizes of one sample's axes, each at least 1; an image is [channels, height, width].</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class InputAttribute(params int[] shape) : Attribute
{
    /// <summary>Sizes of one sample's axes.</summary>
    public int[] Shape => shape;

    /// <summary>The input is passed as bytes and widened as (b − <see cref="Mean"/>) · <see cref="Scale"/>.</summary>
    public bool Bytes { get; set; }

    /// <summary>Multiplies every byte after <see cref="Mean"/> is subtracted; finite and not 0. Default: 1/255.</summary>
    public double Scale { get; set; } = 1.0 / 255;

    /// <summary>Subtracted from every byte, in units of bytes (0 to 255).</summary>
    public double Mean { get; set; }

    /// <summary>The input is a whole number below this, or with <see cref="Sequence"/> one at every step, and has no shape. A first layer that is no <see cref="Embedding"/> gets a vector that is 1 there and 0 elsewhere.</summary>
    public int Vocabulary { get; set; }

    /// <summary>The input is a sequence, and the shape that of one step.</summary>
    public bool Sequence { get; set; }
}
