namespace Kiln.Kernels;

/// <summary>Moves between Flat and Panels.</summary>
public static unsafe partial class Layouts
{
    private const int Panel = 32;

    /// <summary>A row-major matrix to Panels, zero-padded.</summary>
    /// <param name="flat">[depth, columns], or [columns, depth] where transposed.</param>
    /// <param name="panels">Gets the depth × columns matrix.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="transposed">Whether flat holds the transpose, as a dense layer's weight [units, inputs] does.</param>
    public static void FlatToPanels(float* flat, float* panels, int depth, int columns, bool transposed)
    {
        var (row, column) = transposed ? (1, depth) : ((nint)columns, (nint)1);
        for (var m = 0; m < columns; m += Panel)
        {
            var width = columns - m <= Block ? Block : Panel;
            for (nint k = 0; k < depth; k++)
                for (var i = 0; i < width; i++) *panels++ = m + i < columns ? flat[k * row + (m + i) * column] : 0;
        }
    }

    /// <summary>A matrix in Panels to row-major order.</summary>
    /// <param name="panels">The depth × columns matrix.</param>
    /// <param name="flat">Gets [depth, columns], or [columns, depth] where transposed.</param>
    /// <param name="depth">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="transposed">Whether flat gets the transpose.</param>
    public static void PanelsToFlat(float* panels, float* flat, int depth, int columns, bool transposed)
    {
        var (row, column) = transposed ? (1, depth) : ((nint)columns, (nint)1);
        for (var m = 0; m < columns; m += Panel)
        {
            var width = columns - m <= Block ? Block : Panel;
            for (nint k = 0; k < depth; k++, panels += width)
                for (var i = 0; i < Math.Min(width, columns - m); i++) flat[k * row + (m + i) * column] = panels[i];
        }
    }

    /// <summary>A convolution's kernel to Panels with rows (kernel pixel, channel in) and columns channel out, zero-padded.</summary>
    /// <param name="flat">[outChannels, channels, pixels].</param>
    /// <param name="panels">Gets the (pixels · channels) × outChannels matrix.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="channels">Channels in, of one group.</param>
    /// <param name="pixels">Height × width of the kernel.</param>
    public static void KernelToPanels(float* flat, float* panels, int outChannels, int channels, int pixels)
    {
        for (var m = 0; m < outChannels; m += Panel)
        {
            var width = outChannels - m <= Block ? Block : Panel;
            for (nint p = 0; p < pixels; p++)
                for (nint c = 0; c < channels; c++)
                    for (var i = 0; i < width; i++) *panels++ = m + i < outChannels ? flat[((m + i) * channels + c) * pixels + p] : 0;
        }
    }

    /// <summary>The inverse of <see cref="KernelToPanels"/>.</summary>
    /// <param name="panels">The (pixels · channels) × outChannels matrix.</param>
    /// <param name="flat">Gets [outChannels, channels, pixels].</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="channels">Channels in, of one group.</param>
    /// <param name="pixels">Height × width of the kernel.</param>
    public static void PanelsToKernel(float* panels, float* flat, int outChannels, int channels, int pixels)
    {
        for (var m = 0; m < outChannels; m += Panel)
        {
            var width = outChannels - m <= Block ? Block : Panel;
            for (nint p = 0; p < pixels; p++)
                for (nint c = 0; c < channels; c++, panels += width)
                    for (var i = 0; i < Math.Min(width, outChannels - m); i++) flat[((m + i) * channels + c) * pixels + p] = panels[i];
        }
    }
}
