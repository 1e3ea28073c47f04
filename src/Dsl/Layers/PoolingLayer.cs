namespace Kiln;

/// <summary>A layer that makes one number of each window of each channel of an image [channels, height, width].</summary>
/// <param name="kernel">The window's side in pixels, at least 1.</param>
public abstract class PoolingLayer(int kernel) : Layer
{
    /// <summary>The window's side in pixels.</summary>
    public int Kernel => kernel;

    /// <summary>The window's height in pixels, where it differs from <see cref="Kernel"/>.</summary>
    public int KernelHeight { get; set; }

    /// <summary>The window's width in pixels, where it differs from <see cref="Kernel"/>.</summary>
    public int KernelWidth { get; set; }

    /// <summary>How far the window moves at a time, at least 1. Default: as far as it is large.</summary>
    public int Stride { get; set; }

    /// <summary>How far it moves downwards, where that differs from <see cref="Stride"/>.</summary>
    public int StrideHeight { get; set; }

    /// <summary>How far it moves to the right, where that differs from <see cref="Stride"/>.</summary>
    public int StrideWidth { get; set; }

    /// <summary>Pixels on every side, fewer than the window has, or <see cref="Kiln.Padding.Valid"/> (the default) or <see cref="Kiln.Padding.Same"/>.</summary>
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

    /// <summary>Whether a last window that hangs over the padded image counts; one that would begin after the image never does.</summary>
    public bool Ceiling { get; set; }
}
