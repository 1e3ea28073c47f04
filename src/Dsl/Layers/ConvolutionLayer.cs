namespace Kiln;

/// <summary>A layer with trained kernels that move over an image [channels in, height, width].</summary>
/// <param name="channels">The number of output channels, at least 1.</param>
public abstract class ConvolutionLayer(int channels) : WeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public int Channels => channels;

    /// <summary>The window's side in pixels. Default: 3.</summary>
    public int Kernel { get; set; } = 3;

    /// <summary>The window's height in pixels, where it differs from <see cref="Kernel"/>.</summary>
    public int KernelHeight { get; set; }

    /// <summary>The window's width in pixels, where it differs from <see cref="Kernel"/>.</summary>
    public int KernelWidth { get; set; }

    /// <summary>How far the window moves at a time. Default: 1.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>How far it moves downwards, where that differs from <see cref="Stride"/>.</summary>
    public int StrideHeight { get; set; }

    /// <summary>How far it moves to the right, where that differs from <see cref="Stride"/>.</summary>
    public int StrideWidth { get; set; }

    /// <summary>Pixels on every side, or <see cref="Kiln.Padding.Valid"/> (the default) or <see cref="Kiln.Padding.Same"/>.</summary>
    public int Padding { get; set; }

    /// <summary>The same for the top and the bottom, where it differs from <see cref="Padding"/>.</summary>
    public int PaddingHeight { get; set; }

    /// <summary>The same for the left and the right, where it differs from <see cref="Padding"/>.</summary>
    public int PaddingWidth { get; set; }

    /// <summary>Pixels above the image, where they differ from the other sides.</summary>
    public int PaddingTop { get; set; }

    /// <summary>Pixels to the left of the image, where they differ from the other sides.</summary>
    public int PaddingLeft { get; set; }

    /// <summary>Pixels below the image, where they differ from the other sides.</summary>
    public int PaddingBottom { get; set; }

    /// <summary>Pixels to the right of the image, where they differ from the other sides.</summary>
    public int PaddingRight { get; set; }

    /// <summary>The distance between the window's taps. Default: 1.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>Their distance downwards, where it differs from <see cref="Dilation"/>.</summary>
    public int DilationHeight { get; set; }

    /// <summary>Their distance to the right, where it differs from <see cref="Dilation"/>.</summary>
    public int DilationWidth { get; set; }
}
