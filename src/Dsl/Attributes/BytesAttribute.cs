namespace Kiln;

/// <summary>
/// A <see cref="Tensor"/> parameter that the caller passes as bytes; the program sees (b − <see cref="Mean"/>) · <see cref="Scale"/>.
/// Images need not be widened by hand.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BytesAttribute : Attribute
{
    /// <summary>Multiplies every byte after <see cref="Mean"/> is subtracted; finite and not 0. Default: 1/255.</summary>
    public double Scale { get; set; } = 1.0 / 255;

    /// <summary>Subtracted from every byte, in units of bytes (0 to 255).</summary>
    public double Mean { get; set; }
}
