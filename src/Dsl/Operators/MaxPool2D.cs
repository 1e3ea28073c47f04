namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum of each window of each channel of an image [channels, height, width]. Padding never wins, NaN always does; the derivative goes to the first of equal ones.</summary>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far the window moves at a time; as far as it is large unless told.</param>
    /// <param name="padding">Pixels on every side, or <see cref="Padding.Valid"/> or <see cref="Padding.Same"/>.</param>
    public TSelf MaxPool2D(Size kernel, Size stride = default, int padding = Padding.Valid) => No;
}

/// <summary>The maximum of each window of each channel of an image [channels, height, width]. Padding never wins, NaN always does; the derivative goes to the first of equal ones.</summary>
/// <param name="kernel">The window's side in pixels.</param>
public sealed class MaxPool2D(int kernel) : Layer
{
    /// <summary>The window's side in pixels.</summary>
    public int Kernel => kernel;

    /// <summary>How far the window moves at a time, at least 1; as far as it is large unless told.</summary>
    public int Stride { get; set; }

    /// <summary>Pixels on every side, or <see cref="Kiln.Padding.Valid"/> (unless told) or <see cref="Kiln.Padding.Same"/>.</summary>
    public int Padding { get; set; }
}
