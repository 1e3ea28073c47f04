namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Like <c>Conv2D</c>, but every place of the result has a kernel of its own: an image [channels in, height, width] to [channels, height out, width out].</summary>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="kernel">The window, in pixels.</param>
    /// <param name="stride">How far the window moves at a time. Default: 1.</param>
    /// <param name="padding">Pixels on every side, per axis or per side, or <see cref="Padding.Valid"/> (the default) or <see cref="Padding.Same"/>.</param>
    /// <param name="dilation">The distance between the window's taps. Default: 1.</param>
    /// <param name="bias">Whether a trained constant per channel and place is added.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    /// <remarks>The weight is [channels, height out, width out, channels in, kernel height, kernel width], the bias [channels, height out, width out].</remarks>
    public TSelf LocallyConnected2D(int channels, Size kernel, Size stride = default, Padding padding = default, Size dilation = default, bool bias = true, string? name = null) => No;
}

/// <summary>Like <c>Conv2D</c>, but every place of the result has a kernel of its own: an image [channels in, height, width] to [channels, height out, width out].</summary>
/// <param name="channels">The number of output channels.</param>
public sealed class LocallyConnected2D(int channels) : ConvolutionLayer(channels);
