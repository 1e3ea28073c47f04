namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The transposed convolution, the gradient of <c>Conv2D</c> with respect to its image: an image [channels in, height, width] to [channels, height out, width out], where a size out is (size − 1) · stride − padding + dilation · (kernel − 1) + output padding + 1; with Padding.Same it is size · stride.</summary>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far apart the windows stand in the result. Default: 1.</param>
    /// <param name="padding">Pixels cut off the result, on every side, per axis or per side, or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="outputPadding">Pixels that the result has more at the bottom and on the right, fewer than the stride. Default: none.</param>
    /// <param name="dilation">The distance between the window's taps. Default: 1.</param>
    /// <param name="groups">Channels are cut into this many groups, which do not see each other; divides both channel counts. As many as channels in: depthwise.</param>
    /// <param name="bias">Whether a trained constant per channel is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [channels in, channels / groups, kernel height, kernel width].</remarks>
    public TSelf ConvTransposed2D(int channels, Size kernel, Size stride = default, Padding padding = default, Size outputPadding = default, Size dilation = default, int groups = 1, bool bias = true, string? name = null) => No;
}

/// <summary>
/// The transposed convolution, the gradient of <see cref="Conv2D"/> with respect to its image: an image [channels in, height, width] to
/// [channels, height out, width out], where a size out is (size − 1) · stride − padding + dilation · (kernel − 1) + output padding + 1; with Padding.Same it is size · stride.
/// </summary>
/// <param name="channels">The number of output channels.</param>
public sealed class ConvTransposed2D(int channels) : ConvolutionLayer(channels)
{
    /// <summary>Pixels that the result has more at the bottom and on the right, fewer than the stride.</summary>
    public int OutputPadding { get; set; }

    /// <summary>The same at the bottom, where it differs from <see cref="OutputPadding"/>.</summary>
    public int OutputPaddingHeight { get; set; }

    /// <summary>The same on the right, where it differs from <see cref="OutputPadding"/>.</summary>
    public int OutputPaddingWidth { get; set; }

    /// <summary>Channels are cut into this many groups, which do not see each other. Default: 1.</summary>
    public int Groups { get; set; } = 1;
}
