namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Cross-correlation of a volume [channels in, depth, height, width] with trained kernels: [channels, depth out, height out, width out], where a size out is ⌊(size + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.</summary>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="kernel">The window.</param>
    /// <param name="stride">How far the window moves at a time. Default: 1.</param>
    /// <param name="padding">Elements on every side, per axis (depth, height, width) or per side, or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="dilation">The distance between the window's taps. Default: 1.</param>
    /// <param name="groups">Channels are cut into this many groups, which do not see each other; divides both channel counts. As many as channels in: depthwise.</param>
    /// <param name="bias">Whether a trained constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [channels, channels in / groups, kernel depth, kernel height, kernel width].</remarks>
    public TSelf Conv3D(int channels, Volume kernel, Volume stride = default, Padding padding = default, Volume dilation = default, int groups = 1, bool bias = true, string? name = null) => No;
}

/// <summary>
/// Cross-correlation of a volume [channels in, depth, height, width] with trained kernels: [channels, depth out, height out, width out], where a
/// size out is ⌊(size + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.
/// </summary>
/// <param name="channels">The number of output channels.</param>
public sealed class Conv3D(int channels) : ConvolutionLayer(channels)
{
    /// <summary>The window's depth, where it differs from <see cref="ConvolutionLayer.Kernel"/>.</summary>
    public int KernelDepth { get; set; }

    /// <summary>How far the window moves in depth, where that differs from <see cref="ConvolutionLayer.Stride"/>.</summary>
    public int StrideDepth { get; set; }

    /// <summary>Padding in front and at the back, where it differs from <see cref="ConvolutionLayer.Padding"/>.</summary>
    public int PaddingDepth { get; set; }

    /// <summary>Layers of padding in front, where they differ from the other sides.</summary>
    public int PaddingFront { get; set; }

    /// <summary>Layers of padding at the back, where they differ from the other sides.</summary>
    public int PaddingBack { get; set; }

    /// <summary>The distance of the taps in depth, where it differs from <see cref="ConvolutionLayer.Dilation"/>.</summary>
    public int DilationDepth { get; set; }

    /// <summary>Channels are cut into this many groups, which do not see each other. Default: 1. As many as channels in: depthwise.</summary>
    public int Groups { get; set; } = 1;
}
