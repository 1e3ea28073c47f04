namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean of each window of each channel of an image [channels, height, width]. Padding counts as zeros.</summary>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far the window moves at a time; as far as it is large unless told.</param>
    /// <param name="padding">Pixels on every side, or <see cref="Padding.Valid"/> or <see cref="Padding.Same"/>.</param>
    public TSelf AveragePool2D(Size kernel, Size stride = default, int padding = Padding.Valid) => No;
}

/// <summary>The mean of each window of each channel of an image [channels, height, width]. Padding counts as zeros.</summary>
/// <param name="kernel">The window's side in pixels.</param>
public sealed class AveragePool2D(int kernel) : Layer
{
    /// <summary>The window's side in pixels.</summary>
    public int Kernel => kernel;

    /// <summary>How far the window moves at a time, at least 1; as far as it is large unless told.</summary>
    public int Stride { get; set; }

    /// <summary>Pixels on every side, or <see cref="Kiln.Padding.Valid"/> (unless told) or <see cref="Kiln.Padding.Same"/>.</summary>
    public int Padding { get; set; }
}
