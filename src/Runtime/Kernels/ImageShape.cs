using System.ComponentModel;

namespace Kiln.Kernels;

/// <summary>How a window moves over an image: a convolution's or a pool's geometry, in pixels and channels.</summary>
/// <param name="channels">Channels in.</param>
/// <param name="height">Rows of the image.</param>
/// <param name="width">Columns of the image.</param>
/// <param name="outChannels">Channels out.</param>
/// <param name="outHeight">Rows of the output.</param>
/// <param name="outWidth">Columns of the output.</param>
/// <param name="kernelHeight">Rows of the window.</param>
/// <param name="kernelWidth">Columns of the window.</param>
/// <param name="strideY">Rows from a window to the next.</param>
/// <param name="strideX">Columns from a window to the next.</param>
/// <param name="top">Rows that the first window lies above the image.</param>
/// <param name="left">Columns that the first window lies left of the image.</param>
/// <param name="dilationY">Rows from a tap to the next.</param>
/// <param name="dilationX">Columns from a tap to the next.</param>
/// <param name="groups">Groups the channels are split into; each sees its own channels only.</param>
/// <param name="bottom">Rows of padding below the image, where a mean's divisor counts them.</param>
/// <param name="right">Columns of padding to the right of the image, where a mean's divisor counts them.</param>
/// <param name="divisor">What a mean divides by.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public readonly struct ImageShape(
    int channels, int height, int width, int outChannels, int outHeight, int outWidth, int kernelHeight, int kernelWidth,
    int strideY = 1, int strideX = 1, int top = 0, int left = 0, int dilationY = 1, int dilationX = 1, int groups = 1,
    int bottom = 0, int right = 0, PoolDivisor divisor = PoolDivisor.Padded)
{
    /// <summary>Channels in.</summary>
    public readonly int Channels = channels;

    /// <summary>Rows of the image.</summary>
    public readonly int Height = height;

    /// <summary>Columns of the image.</summary>
    public readonly int Width = width;

    /// <summary>Channels out.</summary>
    public readonly int OutChannels = outChannels;

    /// <summary>Rows of the output.</summary>
    public readonly int OutHeight = outHeight;

    /// <summary>Columns of the output.</summary>
    public readonly int OutWidth = outWidth;

    /// <summary>Rows of the window. 0, for pools: the windows share the image's rows, the i-th from ⌊i · Height / OutHeight⌋ to ⌈(i + 1) · Height / OutHeight⌉.</summary>
    public readonly int KernelHeight = kernelHeight;

    /// <summary>Columns of the window; 0 as for rows.</summary>
    public readonly int KernelWidth = kernelWidth;

    /// <summary>Rows from a window to the next.</summary>
    public readonly int StrideY = strideY;

    /// <summary>Columns from a window to the next.</summary>
    public readonly int StrideX = strideX;

    /// <summary>Rows that the first window lies above the image.</summary>
    public readonly int Top = top;

    /// <summary>Columns that the first window lies left of the image.</summary>
    public readonly int Left = left;

    /// <summary>Rows from a tap to the next.</summary>
    public readonly int DilationY = dilationY;

    /// <summary>Columns from a tap to the next.</summary>
    public readonly int DilationX = dilationX;

    /// <summary>Groups the channels are split into.</summary>
    public readonly int Groups = groups;

    /// <summary>Rows of padding below the image, where a mean's divisor counts them.</summary>
    public readonly int Bottom = bottom;

    /// <summary>Columns of padding to the right of the image, where a mean's divisor counts them.</summary>
    public readonly int Right = right;

    /// <summary>What a mean divides by.</summary>
    public readonly PoolDivisor Divisor = divisor;
}

/// <summary>What the mean over a window divides its sum by.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public enum PoolDivisor
{
    /// <summary>The window's taps inside the padded image: padding counts as zeros, what hangs over it does not count.</summary>
    Padded,

    /// <summary>Its taps inside the image.</summary>
    Inside,

    /// <summary>Nothing: the sum itself.</summary>
    One,
}
