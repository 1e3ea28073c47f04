namespace Kiln;

/// <summary>
/// How far windows reach over an image's edge, in pixels: a number for every side, a pair (height, width) for both sides of each axis,
/// four numbers (top, left, bottom, right), or one of the constants here, which may also stand for an axis of a pair. Along one
/// axis alone (<c>Conv1D</c>) a pair is (before, after); along three (<c>Conv3D</c>) there are three axes and six sides.
/// </summary>
public readonly struct Padding
{
    /// <summary>No padding: windows stay inside.</summary>
    public const int Valid = 0;

    /// <summary>
    /// The output's size is ⌈size / stride⌉. Where the padding needed is odd, the larger half goes to the right and the bottom
    /// (as in TensorFlow).
    /// </summary>
    public const int Same = -1;

    /// <summary>The same on every side.</summary>
    /// <param name="pixels">At least 0, or <see cref="Same"/>.</param>
    public static implicit operator Padding(int pixels) => throw new BuildTimeOnly();

    /// <summary>The same on both sides of an axis.</summary>
    /// <param name="pixels">(height, width): each at least 0, or <see cref="Same"/>. Along one axis alone (before, after), each at least 0.</param>
    public static implicit operator Padding((int Height, int Width) pixels) => throw new BuildTimeOnly();

    /// <summary>Each side by itself.</summary>
    /// <param name="pixels">(top, left, bottom, right), each at least 0.</param>
    public static implicit operator Padding((int Top, int Left, int Bottom, int Right) pixels) => throw new BuildTimeOnly();

    /// <summary>The same on both sides of an axis of a volume.</summary>
    /// <param name="pixels">(depth, height, width): each at least 0, or <see cref="Same"/>.</param>
    public static implicit operator Padding((int Depth, int Height, int Width) pixels) => throw new BuildTimeOnly();

    /// <summary>Each side of a volume by itself.</summary>
    /// <param name="pixels">(front, top, left, back, bottom, right), each at least 0.</param>
    public static implicit operator Padding((int Front, int Top, int Left, int Back, int Bottom, int Right) pixels) => throw new BuildTimeOnly();
}
