namespace Kiln;

/// <summary>A layer that makes one number of each window of each channel of a signal [channels, length].</summary>
/// <param name="kernel">The window's length, at least 1.</param>
public abstract class PoolingLayer1D(int kernel) : Layer
{
    /// <summary>The window's length.</summary>
    public int Kernel => kernel;

    /// <summary>How far the window moves at a time, at least 1. Default: as far as it is long.</summary>
    public int Stride { get; set; }

    /// <summary>Elements on both sides, fewer than the window has, or <see cref="Kiln.Padding.Valid"/> (the default) or <see cref="Kiln.Padding.Same"/>.</summary>
    public int Padding { get; set; }

    /// <summary>Elements before the signal, where they differ from those after it.</summary>
    public int PaddingLeft { get; set; }

    /// <summary>Elements after the signal, where they differ from those before it.</summary>
    public int PaddingRight { get; set; }

    /// <summary>Whether a last window that hangs over the padded signal counts; one that would begin after the signal never does.</summary>
    public bool Ceiling { get; set; }
}
