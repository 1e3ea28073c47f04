namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The transposed convolution: the gradient of Conv2D with respect to its image. This version reports it as an error (operator not available yet).</summary>
    /// <param name="channels">Output channels.</param>
    /// <param name="kernel">The window.</param>
    /// <param name="stride">How far apart the windows of the result stand.</param>
    /// <param name="padding">Pixels cut off on every side, or a constant of Padding.</param>
    /// <param name="bias">Whether a constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public TSelf ConvTransposed2D(int channels, Size kernel, Size stride = default, int padding = Padding.Valid, bool bias = true, string? name = null) => No;
}

/// <summary>The transposed convolution: the gradient of Conv2D with respect to its image. This version reports it as an error (operator not available yet).</summary>
/// <param name="channels">Output channels.</param>
public sealed class ConvTransposed2D(int channels) : WeightedLayer
{
    /// <summary>Output channels.</summary>
    public int Channels => channels;

    /// <summary>The window's side.</summary>
    public int Kernel { get; set; } = 3;

    /// <summary>How far apart the windows of the result stand.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Pixels cut off on every side, or a constant of <see cref="Kiln.Padding"/>.</summary>
    public int Padding { get; set; }
}
