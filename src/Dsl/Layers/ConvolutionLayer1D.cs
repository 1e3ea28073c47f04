namespace Kiln;

/// <summary>A layer with trained kernels that move along a signal [channels in, length].</summary>
/// <param name="channels">The number of output channels, at least 1.</param>
/// <param name="kernel">The window's length, at least 1.</param>
public abstract class ConvolutionLayer1D(int channels, int kernel) : WeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public int Channels => channels;

    /// <summary>The window's length.</summary>
    public int Kernel => kernel;

    /// <summary>How far the window moves at a time. Default: 1.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Elements on both sides, or <see cref="Kiln.Padding.Valid"/> (the default) or <see cref="Kiln.Padding.Same"/>.</summary>
    public int Padding { get; set; }

    /// <summary>Elements before the signal, where they differ from those after it.</summary>
    public int PaddingLeft { get; set; }

    /// <summary>Elements after the signal, where they differ from those before it.</summary>
    public int PaddingRight { get; set; }

    /// <summary>The distance between the window's taps. Default: 1.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>Channels are cut into this many groups, which do not see each other. Default: 1. As many as channels in: depthwise.</summary>
    public int Groups { get; set; } = 1;
}
