namespace Kiln;

/// <summary>How an image's values between its pixels come about.</summary>
public enum Interpolation
{
    /// <summary>The value of the nearest pixel: every pixel becomes a rectangle.</summary>
    Nearest,

    /// <summary>Straight lines between the centres of neighbouring pixels, along each axis; beyond the outermost centres their value.</summary>
    Bilinear,
}
