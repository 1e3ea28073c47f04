namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The transposed convolution, the gradient of <c>Conv1D</c> with respect to its signal: [channels in, length] to [channels, length out], where the length out is (length − 1) · stride − padding + dilation · (kernel − 1) + output padding + 1; with Padding.Same it is length · stride.</summary>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">How far apart the windows stand in the result.</param>
    /// <param name="padding">Elements cut off the result, on both sides or (before, after), or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="outputPadding">Elements that the result has more at the end, fewer than the stride.</param>
    /// <param name="dilation">The distance between the window's taps. Default: 1.</param>
    /// <param name="groups">Channels are cut into this many groups, which do not see each other; divides both channel counts. As many as channels in: depthwise.</param>
    /// <param name="bias">Whether a trained constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [channels in, channels / groups, kernel].</remarks>
    public TSelf ConvTransposed1D(int channels, int kernel, int stride = 1, Padding padding = default, int outputPadding = 0, int dilation = 1, int groups = 1, bool bias = true, string? name = null) => No;
}

/// <summary>
/// The transposed convolution, the gradient of <see cref="Conv1D"/> with respect to its signal: [channels in, length] to [channels, length out],
/// where the length out is (length − 1) · stride − padding + dilation · (kernel − 1) + output padding + 1; with Padding.Same it is length · stride.
/// </summary>
/// <param name="channels">The number of output channels.</param>
/// <param name="kernel">The window's length.</param>
public sealed class ConvTransposed1D(int channels, int kernel) : ConvolutionLayer1D(channels, kernel)
{
    /// <summary>Elements that the result has more at the end, fewer than the stride.</summary>
    public int OutputPadding { get; set; }
}
