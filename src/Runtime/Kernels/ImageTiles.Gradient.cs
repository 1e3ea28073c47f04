using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kiln.Kernels;

/// <summary>
/// The weight gradient: one register of 16 chains per weight, over the pixels of all blocks. An item is a few channels out
/// by some channels in and kernel rows; its chains rest in memory while rows of pixels pass, so that the rows stay in the L1 cache.
/// </summary>
public static unsafe partial class ImageTiles
{
    /// <summary>Weights of an item, where a kernel row has no more: their chains and sums take 64 KB.</summary>
    private const int ItemWeights = 512;

    /// <summary>Registers of dy, of all channels out of a tile, that pass at a time: 32 KB.</summary>
    private const int ChunkPixels = 512;

    /// <summary>The items dW is shared out by.</summary>
    /// <param name="s">The geometry.</param>
    /// <returns>Their number.</returns>
    public static int WeightGradientItems(in ImageShape s) => new GradientItems(s).Count;

    /// <summary>dW[(u, v, c), o] = Σ over samples and pixels of dy[o, i, j] · x[c, i · stride + u · dilation − top, j · stride + v · dilation − left], for a range of items.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">Blocks of [Channels][Height][Width][16].</param>
    /// <param name="xBlock">From a block of x to the next.</param>
    /// <param name="dy">Blocks of [OutChannels][OutHeight][OutWidth][16]; zero in dead lanes.</param>
    /// <param name="dyBlock">From a block of dy to the next.</param>
    /// <param name="blocks">Blocks of 16 samples.</param>
    /// <param name="dw">dW in Panels: rows (u, v, c of the group), columns o; pad columns become zero.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="WeightGradientItems"/>.</param>
    [SkipLocalsInit]
    public static void WeightGradient<V>(float* x, nint xBlock, float* dy, nint dyBlock, int blocks, float* dw, in ImageShape s, int first, int last) where V : struct, IVector<V>
    {
        var items = new GradientItems(s);
        var floats = items.Weights * Lanes;
        var memory = stackalloc float[2 * floats + Lanes];
        var chains = (float*)(((nuint)memory + 63) & ~(nuint)63);
        var sums = chains + floats;
        var segment = (Segment + s.OutWidth - 1) / s.OutWidth;
        var chunk = Math.Max(1, ChunkPixels / (items.Outputs * s.OutWidth));
        var rows = blocks * s.OutHeight;
        for (; first < last; first++)
        {
            var item = items[first];
            var used = item.Weights * Lanes;
            new Span<float>(chains, used).Clear();
            for (int row = 0, count; row < rows; row += count)
            {
                var block = row / s.OutHeight;
                var top = row - block * s.OutHeight;
                count = Math.Min(Math.Min(chunk, s.OutHeight - top), segment - row % segment);
                Rows<V>(x + block * xBlock, dy + block * dyBlock, chains, s, item, top, count);
                var end = row + count;
                if (end % segment != 0 && end < rows) continue;
                // The segment is whole: its chains join the sums and begin anew.
                var begins = end <= segment;
                for (var i = 0; i < used; i += V.Count)
                {
                    var chain = V.Load(chains + i);
                    (begins ? chain : V.Load(sums + i) + chain).Store(sums + i);
                    V.Zero.Store(chains + i);
                }
            }
            Store<V>(sums, dw, s, item);
        }
    }

    /// <summary>Adds some rows of pixels to an item's chains, which lie as [channels out of a tile][u][c][v][tile][16].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows<V>(float* x, float* dy, float* chains, in ImageShape s, in GradientItem item, int top, int count) where V : struct, IVector<V>
    {
        // The neighbours of a tile are tap columns, or channels in where a kernel row is a single tap.
        var neighbours = s.KernelWidth > 1;
        var xPlane = (nint)s.Height * s.Width * Lanes;
        var pixels = new Pixels
        {
            Row = (nint)s.StrideY * s.Width * Lanes,
            Pixel = s.StrideX * Lanes,
            Tap = neighbours ? s.DilationX * Lanes : xPlane,
            DyRow = s.OutWidth * Lanes,
            Plane = (nint)s.OutHeight * s.OutWidth * Lanes,
            Columns = s.OutWidth,
            Width = s.Width,
            Stride = s.StrideX,
            Dilation = neighbours ? s.DilationX : 0,
        };
        for (int output = 0, tile; output < item.Outputs; output += tile)
        {
            tile = OutputTile<V>(item.Outputs - output, s.KernelWidth);
            var dyTile = dy + (item.Output + output) * pixels.Plane;
            var chain = chains + (nint)output * item.WeightsPerOutput * Lanes;
            for (var u = item.Row; u < item.Row + item.Rows; u++)
            {
                // Output rows whose tap lies in the image.
                var shift = u * s.DilationY - s.Top;
                var from = Math.Max(top, shift >= 0 ? 0 : (-shift + s.StrideY - 1) / s.StrideY);
                var to = Math.Min(top + count, s.Height - 1 < shift ? 0 : (s.Height - 1 - shift) / s.StrideY + 1);
                var dyRow = dyTile + from * pixels.DyRow;
                for (int c = 0, v = 0, taps; c < item.Channels; chain += taps * tile * Lanes)
                {
                    taps = TapTile<V>(neighbours ? s.KernelWidth - v : item.Channels - c, tile);
                    if (from < to)
                    {
                        var left = v * s.DilationX - s.Left;
                        Inner(left, (taps - 1) * pixels.Dilation, s, out pixels.InnerFrom, out pixels.InnerTo);
                        var xRow = x + (item.Channel + c) * xPlane + ((nint)(from * s.StrideY + shift) * s.Width + left) * Lanes;
                        for (var part = 0; part < Lanes; part += V.Count)
                            Gradient<V>(taps, tile, pixels, xRow + part, dyRow + part, chain + part, to - from, left);
                    }
                    if (!neighbours) c += taps;
                    else if ((v += taps) == s.KernelWidth) (c, v) = (c + 1, 0);
                }
            }
        }
    }

    /// <summary>Output columns from first to last − 1 whose taps, from left and as far as reach, all lie in the image.</summary>
    private static void Inner(int left, int reach, in ImageShape s, out int first, out int last)
    {
        first = Math.Min(s.OutWidth, left >= 0 ? 0 : (-left + s.StrideX - 1) / s.StrideX);
        var room = s.Width - 1 - left - reach;
        last = Math.Min(s.OutWidth, room < 0 ? 0 : room / s.StrideX + 1);
        if (first >= last) first = last = s.OutWidth;
    }

    /// <summary>Channels out of the next tile: narrow registers are half as many on some processors.</summary>
    private static int OutputTile<V>(int left, int kernelWidth) where V : struct, IVector<V> =>
        left >= 8 && (V.Count == 16 || kernelWidth < 3) ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

    /// <summary>Taps side by side of the next tile.</summary>
    private static int TapTile<V>(int left, int outputs) where V : struct, IVector<V> =>
        V.Count == 16 && left >= 5 && outputs <= 4 ? 5 : left >= 3 ? 3 : 1;

    /// <summary>How a tile walks pixels, in floats where nothing else is said.</summary>
    private struct Pixels
    {
        /// <summary>In x: from an output row to the next, from an output pixel to the next, from a tap to the next.</summary>
        public nint Row, Pixel, Tap;

        /// <summary>In dy: from a row to the next, from a channel to the next.</summary>
        public nint DyRow, Plane;

        /// <summary>Output pixels of a row, and those of them where all taps of the tile lie in the image.</summary>
        public int Columns, InnerFrom, InnerTo;

        /// <summary>Pixels of an image row, between neighbouring windows, and between taps.</summary>
        public int Width, Stride, Dilation;
    }

    /// <summary>Folds the 16 chains of each weight by halves and stores the weights of an item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store<V>(float* sums, float* dw, in ImageShape s, in GradientItem item) where V : struct, IVector<V>
    {
        var inputs = s.Channels / s.Groups;
        var depth = s.KernelHeight * s.KernelWidth * inputs;
        var group = item.Output / (s.OutChannels / s.Groups);
        for (int output = 0, tile; output < item.Outputs; output += tile)
        {
            tile = OutputTile<V>(item.Outputs - output, s.KernelWidth);
            for (var u = item.Row; u < item.Row + item.Rows; u++)
                for (var c = item.Channel; c < item.Channel + item.Channels; c++)
                    for (var v = 0; v < s.KernelWidth; v++)
                        for (var i = 0; i < tile; i++, sums += Lanes)
                            *PanelRow(dw, (u * s.KernelWidth + v) * inputs + c - group * inputs, item.Output + output + i, depth, s.OutChannels, out _) = Fold(sums);
        }
        if (item.Output + item.Outputs < s.OutChannels) return;
        for (var pad = s.OutChannels; pad % 16 != 0; pad++)
            for (var u = item.Row; u < item.Row + item.Rows; u++)
                for (var c = item.Channel; c < item.Channel + item.Channels; c++)
                    for (var v = 0; v < s.KernelWidth; v++)
                        *PanelRow(dw, (u * s.KernelWidth + v) * inputs + c - group * inputs, pad, depth, s.OutChannels, out _) = 0;
    }

    /// <summary>The sum of 16 lanes: i and i + 8, then i + 4, i + 2, i + 1.</summary>
    private static float Fold(float* lanes)
    {
        var eight = Vector256.Load(lanes) + Vector256.Load(lanes + 8);
        var four = eight.GetLower() + eight.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two[0] + two[1];
    }

    /// <summary>A share of dW: channels out from Output, channels in from Channel, kernel rows from Row.</summary>
    private struct GradientItem
    {
        public int Output, Outputs, Channel, Channels, Row, Rows, WeightsPerOutput;

        public readonly int Weights => Outputs * WeightsPerOutput;
    }

    /// <summary>How dW is cut into items, whatever the register.</summary>
    private readonly struct GradientItems
    {
        private readonly int groups, perGroup, inputs, kernelHeight, kernelWidth, channels, rows;

        public GradientItems(in ImageShape s)
        {
            (groups, perGroup, inputs, kernelHeight, kernelWidth) = (s.Groups, s.OutChannels / s.Groups, s.Channels / s.Groups, s.KernelHeight, s.KernelWidth);
            Outputs = Math.Min(perGroup, s.KernelWidth >= 5 ? 4 : 8);
            // Few channels in are not enough to share: kernel rows are split, too.
            rows = Math.Clamp(ItemWeights / (Outputs * kernelWidth), 1, inputs < 4 ? (kernelHeight + 1) / 2 : kernelHeight);
            channels = Math.Clamp(ItemWeights / (Outputs * kernelWidth * rows), 1, (inputs + 1) / 2);
        }

        /// <summary>Channels out of an item.</summary>
        public int Outputs { get; }

        /// <summary>Weights of the largest item.</summary>
        public int Weights => Outputs * channels * rows * kernelWidth;

        public int Count => groups * Ceiling(perGroup, Outputs) * Ceiling(inputs, channels) * Ceiling(kernelHeight, rows);

        public GradientItem this[int index]
        {
            get
            {
                (index, var row) = Math.DivRem(index, Ceiling(kernelHeight, rows));
                (index, var channel) = Math.DivRem(index, Ceiling(inputs, channels));
                var (group, output) = Math.DivRem(index, Ceiling(perGroup, Outputs));
                var item = new GradientItem
                {
                    Output = group * perGroup + output * Outputs,
                    Outputs = Math.Min(Outputs, perGroup - output * Outputs),
                    Channel = group * inputs + channel * channels,
                    Channels = Math.Min(channels, inputs - channel * channels),
                    Row = row * rows,
                    Rows = Math.Min(rows, kernelHeight - row * rows),
                };
                item.WeightsPerOutput = item.Channels * item.Rows * kernelWidth;
                return item;
            }
        }

        private static int Ceiling(int count, int of) => (count + of - 1) / of;
    }
}
