using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

// Images in Rows, [channel][row][column]: pixels of a row side by side. For few channels and few samples, which fill neither
// registers of channels nor registers of samples.
public static unsafe partial class ImageTiles
{
    /// <summary>
    /// The convolution of <see cref="Convolve"/> for a sample in Rows: no stride along the width, one group, at least 16 columns out, and an
    /// image of at most 32 Ki floats with its padding left and right. Tap columns in that padding are products with zero.
    /// </summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width].</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c), columns o.</param>
    /// <param name="y">Gets [OutChannels][OutHeight][OutWidth].</param>
    /// <param name="s">The geometry.</param>
    [SkipLocalsInit]
    public static void ConvolveRows<V>(float* x, float* w, float* y, in ImageShape s) where V : struct, IVector<V>
    {
        var right = Math.Max(0, s.OutWidth - 1 + (s.KernelWidth - 1) * s.DilationX - s.Left - (s.Width - 1));
        var pitch = s.Left + s.Width + right;
        var padded = stackalloc float[pitch == s.Width ? 0 : s.Channels * s.Height * pitch];
        if (pitch != s.Width)
        {
            Pad(x, s.Channels * s.Height, s.Width, s.Left, right, padded);
            x = padded + s.Left;
        }
        var sweep = new Sweep
        {
            Rows = Axis.Forward(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top, s.DilationY),
            Columns = Axis.Forward(s.OutWidth, s.Width, s.KernelWidth, 1, s.Left, s.DilationX),
            Inputs = s.Channels,
            SourcePixel = 1,
            SourceRow = pitch,
            KernelHeight = s.KernelHeight,
            KernelWidth = s.KernelWidth,
            SegmentRows = (Segment + s.KernelWidth * s.Channels - 1) / (s.KernelWidth * s.Channels),
            Walk = new TileWalk
            {
                // Columns of a tile are rows of the image.
                BColumn = (nint)s.StrideY * pitch,
                BTime = (nint)s.DilationY * pitch,
                BRun = s.DilationX,
                CRow = (nint)s.OutHeight * s.OutWidth,
                CColumn = s.OutWidth,
                Terms = s.Channels,
            },
        };
        sweep.Rows.Inner(out var top, out var bottom);
        for (int output = 0, tile; output < s.OutChannels; output += tile)
        {
            tile = ChannelTile<V>(sweep.Channels(output, s.OutChannels, s.OutChannels));
            var wTile = sweep.Panels(w, (nint)s.Height * pitch, s.KernelHeight * s.KernelWidth * s.Channels, output, s.OutChannels);
            for (int row = 0, units; row < s.OutHeight; row += units)
            {
                sweep.Rows.Range(row, out var firstTap, out var lastTap);
                units = row >= top && row < bottom ? PixelTile<V>(tile, bottom - row) : 1;
                // The last register of a row overlaps the one before.
                for (var column = 0; column < s.OutWidth; column += V.Count)
                {
                    var from = Math.Min(column, s.OutWidth - V.Count);
                    sweep.Sum<V>(tile, units, x, wTile, y + output * sweep.Walk.CRow + (nint)row * s.OutWidth + from, row, from, firstTap, lastTap, 0, s.KernelWidth);
                }
            }
        }
    }

    /// <summary>Rows of pixels with zeros before and after each.</summary>
    private static void Pad(float* x, int rows, int width, int left, int right, float* padded)
    {
        for (; rows > 0; rows--, x += width, padded += left + width + right)
        {
            new Span<float>(padded, left).Clear();
            new Span<float>(x, width).CopyTo(new Span<float>(padded + left, width));
            new Span<float>(padded + left + width, right).Clear();
        }
    }
}
