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
    /// channels, then tiles of pixels; at the edges, where some tap column is outside, single pixels.
    /// </summary>
    private static void Apply<V>(
        float* x, int inputs, int height, int width, float* w, int kernelHeight, int kernelWidth,
        float* y, int outputs, int outHeight, int outWidth, int groups, in Axis rows, in Axis columns) where V : struct, IVector<V>
    {
        var depth = kernelHeight * kernelWidth * inputs;
        var segmentRows = (Segment + kernelWidth * inputs - 1) / (kernelWidth * inputs);
        var perGroup = outputs / groups;
        nint plane = (nint)height * width * Lanes, outPlane = (nint)outHeight * outWidth * Lanes, outPixel = columns.Step * Lanes;
        // A narrow register is half of the lanes (or a quarter, in two rounds): the two halves are the tile's neighbouring pixels.
        var perPixel = V.Count == Lanes ? 1 : 2;
        var taps = new Taps
        {
            TapRow = (nint)rows.SourceTap * width * Lanes,
            TapColumn = columns.SourceTap * Lanes,
            Pixel = perPixel == 1 ? columns.SourceStep * Lanes : V.Count,
            OutPlane = outPlane,
            OutPixel = perPixel == 1 ? outPixel : V.Count,
            Channels = inputs,
        };
        var joined = perPixel == 1 || V.Count == Lanes / 2 && columns.SourceStep == 1 && columns.Step == 1;
        columns.Inner(out var innerFrom, out var innerTo);
        // Of a large image, as many pixels at a time as keep their source in the L2 cache while all channels out pass.
        var block = Math.Max(12, CacheFloats / (Lanes * inputs * rows.Taps + 1));
        for (var part = 0; part < Lanes; part += perPixel * V.Count, x += perPixel * V.Count, y += perPixel * V.Count)
            for (var row = 0; row < rows.Count; row++)
            {
                rows.Range(row, out var firstTap, out var lastTap);
                var yRow = y + (nint)(rows.From + row * rows.Step) * outWidth * Lanes + columns.From * Lanes;
                for (int from = 0; from < columns.Count; from += block)
                    for (int output = 0, tile; output < outputs; output += tile)
                    {
                        var group = output / perGroup;
                        var panel = output & -Panel;
                        nint panelWidth = outputs - panel <= 16 ? 16 : Panel;
                        tile = ChannelTile<V>(Math.Min((group + 1) * perGroup, panel + Panel) - output);
                        taps.WTapRow = rows.TapStep * kernelWidth * inputs * panelWidth;
                        taps.WTapColumn = columns.TapStep * inputs * panelWidth;
                        // Of a single channel, the tap columns take the channels' loop.
                        (taps.Plane, taps.WRow) = inputs == 1 ? (taps.TapColumn, taps.WTapColumn) : (plane, panelWidth);
                        var xGroup = x + group * inputs * plane;
                        var wTile = w + (nint)panel * depth + (output - panel);
                        for (int column = from, pixels; column < Math.Min(from + block, columns.Count); column += pixels)
                        {
                            int left = 0, right = columns.Taps, units = perPixel;
                            if (column >= innerFrom && column < innerTo) units = PixelTile<V>(tile, joined ? (Math.Min(innerTo, from + block) - column) * perPixel : perPixel);
                            else columns.Range(column, out left, out right);
                            pixels = units / perPixel;
                            var tapColumns = right - left;
                            if (inputs == 1) (taps.Channels, tapColumns) = (tapColumns, 1);
                            var xColumn = xGroup + (nint)columns.Source(column, left) * Lanes;
                            var wColumn = wTile + (nint)(columns.Tap + left * columns.TapStep) * inputs * panelWidth;
                            var tap = firstTap;
                            do
                            {
                                // A segment is the taps of whole kernel rows; those outside the image are left out of it.
                                var next = lastTap;
                                var kernelRow = rows.Tap + tap * rows.TapStep;
                                if (segmentRows < kernelHeight) next = Math.Min(next, tap + ((kernelRow / segmentRows + 1) * segmentRows - kernelRow + rows.TapStep - 1) / rows.TapStep);
                                Tile<V>(
                                    tile, units, taps, xColumn + (nint)rows.Source(row, tap) * width * Lanes, wColumn + (nint)kernelRow * kernelWidth * inputs * panelWidth,
                                    yRow + output * outPlane + column * outPixel, next - tap, tapColumns, tap == firstTap);
                                tap = next;
                            }
                            while (tap < lastTap);
                        }
                    }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V>(int channels, int pixels, in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        switch (channels << 4 | pixels)
        {
            case 0x83: Tile8x3<V>(s, x, w, y, rows, columns, first); break;
            case 0x81: Tile8x1<V>(s, x, w, y, rows, columns, first); break;
            case 0x64: Tile6x4<V>(s, x, w, y, rows, columns, first); break;
            case 0x62: Tile6x2<V>(s, x, w, y, rows, columns, first); break;
            case 0x61: Tile6x1<V>(s, x, w, y, rows, columns, first); break;
            case 0x46: Tile4x6<V>(s, x, w, y, rows, columns, first); break;
            case 0x43: Tile4x3<V>(s, x, w, y, rows, columns, first); break;
            case 0x42: Tile4x2<V>(s, x, w, y, rows, columns, first); break;
            case 0x41: Tile4x1<V>(s, x, w, y, rows, columns, first); break;
            case 0x28: Tile2x8<V>(s, x, w, y, rows, columns, first); break;
            case 0x24: Tile2x4<V>(s, x, w, y, rows, columns, first); break;
            case 0x22: Tile2x2<V>(s, x, w, y, rows, columns, first); break;
            case 0x21: Tile2x1<V>(s, x, w, y, rows, columns, first); break;
            case 0x18: Tile1x8<V>(s, x, w, y, rows, columns, first); break;
            case 0x14: Tile1x4<V>(s, x, w, y, rows, columns, first); break;
            case 0x12: Tile1x2<V>(s, x, w, y, rows, columns, first); break;
            default: Tile1x1<V>(s, x, w, y, rows, columns, first); break;
        }
    }

    /// <summary>Which taps of a kernel meet which source pixels along one axis of the image: target number j meets source Source(j, t) at its t-th tap.</summary>
    private struct Axis
    {
        /// <summary>The first target pixel, the distance to the next, their number.</summary>
        public int From, Step, Count;

        /// <summary>The first tap, the distance to the next, their number.</summary>
        public int Tap, TapStep, Taps;

        /// <summary>The source of target 0 at tap 0, and how it moves with targets and taps.</summary>
        public int SourceFrom, SourceStep, SourceTap;

        /// <summary>Source pixels.</summary>
        public int Size;

        public static Axis Forward(int outputs, int size, int kernel, int stride, int padding, int dilation) => new()
        {
            Step = 1,
            Count = outputs,
            TapStep = 1,
            Taps = kernel,
            SourceFrom = -padding,
            SourceStep = stride,
            SourceTap = dilation,
            Size = size,
        };

        /// <summary>The pixels phase, phase + stride, …, whose sources are (pixel + padding − tap · dilation) / stride, where that is whole.</summary>
        public static Axis Backward(int phase, int pixels, int size, int kernel, int stride, int padding, int dilation)
        {
            var axis = new Axis { From = phase, Step = stride, Count = (pixels - phase + stride - 1) / stride, TapStep = 1, SourceStep = 1, Size = size };
            while (axis.TapStep * dilation % stride != 0) axis.TapStep++;
            while (axis.Tap < axis.TapStep && (phase + padding - axis.Tap * dilation) % stride != 0) axis.Tap++;
            axis.Taps = axis.Tap == axis.TapStep ? 0 : Math.Max(0, (kernel - axis.Tap + axis.TapStep - 1) / axis.TapStep);
            axis.SourceFrom = (phase + padding - axis.Tap * dilation) / stride;
            axis.SourceTap = -(axis.TapStep * dilation / stride);
            return axis;
        }

        public readonly int Source(int target, int tap) => SourceFrom + target * SourceStep + tap * SourceTap;

        /// <summary>The taps from first to last − 1 of a target lie in the source.</summary>
        public readonly void Range(int target, out int first, out int last)
        {
            var at = Source(target, 0);
            if (SourceTap > 0)
            {
                first = at >= 0 ? 0 : (-at + SourceTap - 1) / SourceTap;
                last = at >= Size ? 0 : (Size - 1 - at) / SourceTap + 1;
            }
            else
            {
                first = at < Size ? 0 : (at - Size - SourceTap) / -SourceTap;
                last = at < 0 ? 0 : at / -SourceTap + 1;
            }
            first = Math.Min(first, Taps);
            last = Math.Max(first, Math.Min(last, Taps));
        }

        /// <summary>The targets from first to last − 1 have all their taps in the source.</summary>
        public readonly void Inner(out int first, out int last)
        {
            for (first = 0; first < Count && !Whole(first); first++) { }
            for (last = first; last < Count && Whole(last); last++) { }
        }

        private readonly bool Whole(int target)
        {
            Range(target, out var first, out var last);
            return last - first == Taps;
        }
    }
}
