namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Cross-correlation of an image [channels in, height, width] with trained kernels: [channels, height out, width out], where a size out is ⌊(size + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.</summary>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far the window moves at a time. Default: 1.</param>
    /// <param name="padding">Pixels on every side, per axis or per side, or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="dilation">The distance between the window's taps. Default: 1.</param>
    /// <param name="groups">Channels are cut into this many groups, which do not see each other; divides both channel counts. As many as channels in: depthwise.</param>
    /// <param name="bias">Whether a trained constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [channels, channels in / groups, kernel height, kernel width].</remarks>
    public TSelf Conv2D(int channels, Size kernel, Size stride = default, Padding padding = default, Size dilation = default, int groups = 1, bool bias = true, string? name = null) => No;
}

/// <summary>
/// Cross-correlation of an image [channels in, height, width] with trained kernels: [channels, height out, width out], where a size
/// out is ⌊(size + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.
/// </summary>
/// <param name="channels">The number of output channels.</param>
public sealed class Conv2D(int channels) : ConvolutionLayer(channels)
{
    /// <summary>Channels are cut into this many groups, which do not see each other. Default: 1. As many as channels in: depthwise.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>A transposed convolution with the same weight (tied), kernel, stride, padding, dilation and groups, and a bias of its own: from this layer's outputs back to its images.</summary>
    /// <param name="bias">Whether it has that bias.</param>
    /// <param name="outputPadding">Pixels that its result has more at the bottom and on the right, fewer than the stride. Default: none.</param>
    public ConvTransposed2D Transposed(bool bias = true, Size outputPadding = default) => throw new BuildTimeOnly();
}
