namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Cross-correlation of a signal [channels in, length] with trained kernels: [channels, length out], where the length out is ⌊(length + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.</summary>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">How far the window moves at a time.</param>
    /// <param name="padding">Elements on both sides or (before, after), or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="dilation">The distance between the window's taps. Default: 1.</param>
    /// <param name="groups">Channels are cut into this many groups, which do not see each other; divides both channel counts. As many as channels in: depthwise.</param>
    /// <param name="bias">Whether a trained constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [channels, channels in / groups, kernel].</remarks>
    public TSelf Conv1D(int channels, int kernel, int stride = 1, Padding padding = default, int dilation = 1, int groups = 1, bool bias = true, string? name = null) => No;
}

/// <summary>Cross-correlation of a signal [channels in, length] with trained kernels: [channels, length out], where the length out is ⌊(length + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.</summary>
/// <param name="channels">The number of output channels.</param>
/// <param name="kernel">The window's length.</param>
public sealed class Conv1D(int channels, int kernel) : ConvolutionLayer1D(channels, kernel);
