using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// Convolutions and pools of images in Lanes, [channel][row][column][16], a block of 16 samples at a time. Taps outside the
/// image are left out by narrowing the loops. Results depend on the operands alone, not on the register or on how the work is shared.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe partial class ImageTiles
{
    private const int Lanes = 16;
    private const int Panel = 32;

    /// <summary>Floats of x that a stretch of pixels of all channels may span: 256 KB.</summary>
    private const int CacheFloats = 64 * 1024;

    /// <summary>Terms that a segment has at least.</summary>
    private const int Segment = 256;

    /// <summary>y[o, i, j] = Σ over (u, v, c) of w[(u, v, c), o] · x[c, i · stride + u · dilation − top, j · stride + v · dilation − left], for a block.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o.</param>
    /// <param name="y">Gets [OutChannels][OutHeight][OutWidth][16].</param>
    /// <param name="s">The geometry.</param>
    public static void Convolve<V>(float* x, float* w, float* y, in ImageShape s) where V : struct, IVector<V>
    {
        var rows = Axis.Forward(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top, s.DilationY);
        var columns = Axis.Forward(s.OutWidth, s.Width, s.KernelWidth, s.StrideX, s.Left, s.DilationX);
        Apply<V>(x, s.Channels / s.Groups, s.Height, s.Width, w, s.KernelHeight, s.KernelWidth, y, s.OutChannels, s.OutHeight, s.OutWidth, s.Groups, rows, columns);
    }

    /// <summary>dx[c, i, j] = Σ over (u, v, o) of w[(u, v, c), o] · dy[o, …] for a block: the adjoint of <see cref="Convolve"/> in x.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">[OutChannels][OutHeight][OutWidth][16].</param>
    /// <param name="wt">The kernel as <see cref="TransposeKernel"/> leaves it.</param>
    /// <param name="dx">Gets [Channels][Height][Width][16].</param>
    /// <param name="s">The geometry.</param>
    public static void DataGradient<V>(float* dy, float* wt, float* dx, in ImageShape s) where V : struct, IVector<V>
    {
        // Pixels of one phase of the stride see the same taps: a convolution without stride.
        for (var phaseY = 0; phaseY < Math.Min(s.StrideY, s.Height); phaseY++)
            for (var phaseX = 0; phaseX < Math.Min(s.StrideX, s.Width); phaseX++)
            {
                var rows = Axis.Backward(phaseY, s.Height, s.OutHeight, s.KernelHeight, s.StrideY, s.Top, s.DilationY);
                var columns = Axis.Backward(phaseX, s.Width, s.OutWidth, s.KernelWidth, s.StrideX, s.Left, s.DilationX);
                Apply<V>(dy, s.OutChannels / s.Groups, s.OutHeight, s.OutWidth, wt, s.KernelHeight, s.KernelWidth, dx, s.Channels, s.Height, s.Width, s.Groups, rows, columns);
            }
    }

    /// <summary>The kernel that <see cref="DataGradient"/> multiplies by: rows (u, v, o of the group), columns c. Once a step, not once a block.</summary>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o.</param>
    /// <param name="wt">Gets KernelHeight · KernelWidth · OutChannels / Groups rows of Channels columns in Panels, zero-padded.</param>
    /// <param name="s">The geometry.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransposeKernel(float* w, float* wt, in ImageShape s)
    {
        int taps = s.KernelHeight * s.KernelWidth, inputs = s.Channels / s.Groups, outputs = s.OutChannels / s.Groups;
        for (var tap = 0; tap < taps; tap++)
            for (var c = 0; c < s.Channels; c += Lanes)
            {
                var to = PanelRow(wt, tap * outputs, c, taps * outputs, s.Channels, out var toWidth);
                for (var o = 0; o < outputs; o += Lanes)
                {
                    if (s.Groups == 1)
                    {
                        var from = PanelRow(w, tap * inputs + c, o, taps * inputs, outputs, out var fromWidth);
                        Transposes.Padding(from, fromWidth, Math.Min(Lanes, inputs - c), to + o * toWidth, toWidth, Math.Min(Lanes, outputs - o));
                        continue;
                    }
                    for (var i = o; i < Math.Min(outputs, o + Lanes); i++)
                        for (var j = 0; j < Lanes; j++)
                        {
                            var channel = c + j;
                            to[i * toWidth + j] = channel >= s.Channels ? 0 : *PanelRow(w, tap * inputs + channel % inputs, channel / inputs * outputs + i, taps * inputs, s.OutChannels, out _);
                        }
                }
            }
    }

    /// <summary>Element (k, m) of a matrix in Panels, and the width of its panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* PanelRow(float* panels, int k, int m, int depth, int columns, out int width)
    {
        var panel = m & -Panel;
        width = columns - panel <= 16 ? 16 : Panel;
        return panels + (nint)panel * depth + (nint)k * width + (m - panel);
    }

    /// <summary>
    /// Sums over taps and channels in, for the target pixels of two axes and all channels out: rows of pixels, then tiles of
    /// channels, then tiles of pixels; at the edges, where some tap column is outside, tiles of pixels one below the other, or single ones.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<V>(
        float* x, int inputs, int height, int width, float* w, int kernelHeight, int kernelWidth,
        float* y, int outputs, int outHeight, int outWidth, int groups, in Axis rows, in Axis columns) where V : struct, IVector<V>
    {
        var depth = kernelHeight * kernelWidth * inputs;
        var perGroup = outputs / groups;
        nint plane = (nint)height * width * Lanes, outPlane = (nint)outHeight * outWidth * Lanes, outPixel = columns.Step * Lanes, outRow = (nint)rows.Step * outWidth * Lanes;
        // A narrow register is half of the lanes (or a quarter, in two rounds): the two halves are the tile's neighbouring pixels.
        var perPixel = V.Count == Lanes ? 1 : 2;
        var sweep = new Sweep
        {
            Rows = rows,
            Columns = columns,
            Inputs = inputs,
            SourcePixel = Lanes,
            SourceRow = (nint)width * Lanes,
            KernelHeight = kernelHeight,
            KernelWidth = kernelWidth,
            SegmentRows = (Segment + kernelWidth * inputs - 1) / (kernelWidth * inputs),
            Walk = new TileWalk
            {
                BTime = (nint)rows.SourceTap * width * Lanes,
                BRun = columns.SourceTap * Lanes,
                CRow = outPlane,
                Terms = inputs,
            },
        };
        nint pixel = perPixel == 1 ? columns.SourceStep * Lanes : V.Count, nextPixel = perPixel == 1 ? outPixel : V.Count;
        var joined = perPixel == 1 || V.Count == Lanes / 2 && columns.SourceStep == 1 && columns.Step == 1;
        columns.Inner(out var innerFrom, out var innerTo);
        rows.Inner(out var innerTop, out var innerBottom);
        // Of a large image, as many pixels at a time as keep their source in the L2 cache while all channels out pass.
        var block = Math.Max(12, CacheFloats / (Lanes * inputs * rows.Taps + 1));
        for (var part = 0; part < Lanes; part += perPixel * V.Count, x += perPixel * V.Count, y += perPixel * V.Count)
        {
            var target = y + (nint)rows.From * outWidth * Lanes + columns.From * Lanes;
            (sweep.Walk.BColumn, sweep.Walk.CColumn) = (pixel, nextPixel);
            for (var row = 0; row < rows.Count; row++)
            {
                rows.Range(row, out var firstTap, out var lastTap);
                // Rows that see all tap rows leave their edges for later.
                var inner = perPixel == 1 && row >= innerTop && row < innerBottom;
                for (int from = inner ? innerFrom : 0, end = inner ? innerTo : columns.Count; from < end; from += block)
                    for (int output = 0, tile; output < outputs; output += tile)
                    {
                        tile = ChannelTile<V>(sweep.Channels(output, perGroup, outputs));
                        var xGroup = x + output / perGroup * inputs * plane;
                        var wTile = sweep.Panels(w, plane, depth, output, outputs);
                        for (int column = from, units; column < Math.Min(from + block, end); column += units / perPixel)
                        {
                            int left = 0, right = columns.Taps;
                            units = perPixel;
                            if (column >= innerFrom && column < innerTo) units = PixelTile<V>(tile, joined ? (Math.Min(innerTo, from + block) - column) * perPixel : perPixel);
                            else columns.Range(column, out left, out right);
                            sweep.Sum<V>(tile, units, xGroup, wTile, target + output * outPlane + row * outRow + column * outPixel, row, column, firstTap, lastTap, left, right);
                        }
                    }
            }
            if (perPixel != 1) continue;
            (sweep.Walk.BColumn, sweep.Walk.CColumn) = (rows.SourceStep * sweep.SourceRow, outRow);
            for (int output = 0, tile; output < outputs; output += tile)
            {
                tile = ChannelTile<V>(sweep.Channels(output, perGroup, outputs));
                var xGroup = x + output / perGroup * inputs * plane;
                var wTile = sweep.Panels(w, plane, depth, output, outputs);
                for (var column = innerFrom > 0 ? 0 : innerTo; column < columns.Count; column = column + 1 == innerFrom ? innerTo : column + 1)
                {
                    columns.Range(column, out var left, out var right);
                    for (int row = innerTop, pixels; row < innerBottom; row += pixels)
                    {
                        pixels = PixelTile<V>(tile, innerBottom - row);
                        sweep.Sum<V>(tile, pixels, xGroup, wTile, target + output * outPlane + row * outRow + column * outPixel, row, column, 0, rows.Taps, left, right);
                    }
                }
            }
        }
    }

    /// <summary>What all tiles of a convolution have in common.</summary>
    private struct Sweep
    {
        public Axis Rows, Columns;
        public TileWalk Walk;

        /// <summary>Channels in, of a group; the kernel's size; kernel rows of a segment.</summary>
        public int Inputs, KernelHeight, KernelWidth, SegmentRows;

        /// <summary>From a pixel of x to the next, from a row of x to the next, from a kernel column to the next.</summary>
        public nint SourcePixel, SourceRow, KernelColumn;

        /// <summary>Channels out from this one to the end of its group or panel.</summary>
        public readonly int Channels(int output, int perGroup, int outputs) => Math.Min(Math.Min(outputs, (output / perGroup + 1) * perGroup), (output & -Panel) + Panel) - output;

        /// <summary>The kernel's column of a channel out; from here on tiles walk in its panel.</summary>
        public float* Panels(float* w, nint plane, int depth, int output, int outputs)
        {
            var panel = output & -Panel;
            nint width = outputs - panel <= 16 ? 16 : Panel;
            KernelColumn = Inputs * width;
            Walk.ATime = Rows.TapStep * KernelWidth * KernelColumn;
            Walk.ARun = Columns.TapStep * KernelColumn;
            // Of a single channel, the tap columns take the channels' loop.
            (Walk.BTerm, Walk.ATerm) = Inputs == 1 ? (Walk.BRun, Walk.ARun) : (plane, width);
            return w + (nint)panel * depth + (output - panel);
        }

        /// <summary>One tile, whose first pixel is this row and column, over some of its taps.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sum<V>(int tile, int units, float* x, float* w, float* y, int row, int column, int firstTap, int lastTap, int left, int right) where V : struct, IVector<V>
        {
            var tapColumns = right - left;
            if (Inputs == 1) (Walk.Terms, tapColumns) = (tapColumns, 1);
            x += Columns.Source(column, left) * SourcePixel;
            w += (Columns.Tap + left * Columns.TapStep) * KernelColumn;
            var tap = firstTap;
            do
            {
                // A segment is the taps of whole kernel rows; those outside the image are left out of it.
                var kernelRow = Rows.Tap + tap * Rows.TapStep;
                var next = lastTap;
                if (SegmentRows < KernelHeight) next = Math.Min(next, tap + ((kernelRow / SegmentRows + 1) * SegmentRows - kernelRow + Rows.TapStep - 1) / Rows.TapStep);
                Tile<V>(tile, units, Walk, w + kernelRow * KernelWidth * KernelColumn, x + Rows.Source(row, tap) * SourceRow, y, next - tap, tapColumns, tap == firstTap ? TileEnd.Store : TileEnd.Add);
                tap = next;
            }
            while (tap < lastTap);
        }
    }

    /// <summary>Channels out of the next tile: as many as make a tile that fits the registers.</summary>
    private static int ChannelTile<V>(int left) where V : struct, IVector<V>
    {
        if (V.Count == Lanes && left >= 8) return 8;
        if (left >= 6 && (V.Count == Lanes || left % 6 != 2)) return 6;
        return left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }

    /// <summary>Pixels (or halves of pixels) of the next tile of so many channels.</summary>
    private static int PixelTile<V>(int channels, int left) where V : struct, IVector<V>
    {
        var wide = V.Count == Lanes;
        return channels switch
        {
            8 => left >= 3 ? 3 : 1,
            6 => wide && left >= 4 ? 4 : left >= 2 ? 2 : 1,
            4 => wide && left >= 6 ? 6 : wide && left >= 3 ? 3 : left >= 2 ? 2 : 1,
            2 => wide && left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1,
            _ => left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1,
        };
    }
}
