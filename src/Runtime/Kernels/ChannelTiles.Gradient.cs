using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// The weight gradient: tiles of channels in by channels out, summed over the pixels. Chain l runs over the samples n ≡ l (mod 16)
/// and their pixels, in segments of whole rows; the 16 chains join by the tree that folds halves, as in <see cref="ImageTiles"/>.
/// </summary>
public static unsafe partial class ChannelTiles
{
    /// <summary>
    /// Channels in of an item, at most and at least: dy is read once for each item, and a tile has 14 of them. Where there are few processors to
    /// share the items, they are large; where there are many, as small as it takes to have enough of them. The sums are the same.
    /// </summary>
    private static readonly (int Least, int Most) ItemChannels = Environment.ProcessorCount <= 4 ? (112, 112) : (MostTileRows, 48);

    /// <summary>Weights of an item.</summary>
    private const int ItemWeights = 5 * 1024;

    /// <summary>Weights that are summed at a time, kernel rows of one item after the other: six sets of sums take 288 KB of stack.</summary>
    private const int GroupWeights = 12 * 1024;

    /// <summary>The items dW is shared out by.</summary>
    /// <param name="s">The geometry.</param>
    /// <returns>Their number.</returns>
    public static int WeightGradientItems(in ImageShape s) => Ceiling(s.OutChannels, Panel) * Ceiling(s.Channels / s.Groups, ChannelsOfItem(s)) * s.KernelHeight;

    /// <summary>dW[(u, v, c), o] = Σ over samples and pixels of dy[i, j, o] · x[i · stride + u · dilation − top, j · stride + v · dilation − left, c], for a range of items.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">Samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="xSample">From a sample of x to the next.</param>
    /// <param name="dy">Samples of [OutHeight][OutWidth][OutChannels, padded to 16]; pads may hold anything.</param>
    /// <param name="dySample">From a sample of dy to the next.</param>
    /// <param name="samples">Samples, at least 1.</param>
    /// <param name="dw">dW in Panels: rows (u, v, c of the group), columns o; pad columns become zero.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="WeightGradientItems"/>.</param>
    /// <param name="planes">Whether samples of x are [Channels][Height][Width] instead, as inputs of few channels are.</param>
    [SkipLocalsInit]
    public static void WeightGradient<V>(float* x, nint xSample, float* dy, nint dySample, int samples, float* dw, in ImageShape s, int first, int last, bool planes = false) where V : struct, IVector<V>
    {
        var memory = stackalloc float[6 * GroupWeights + 16];
        var sums = (float*)(((nuint)memory + 63) & ~(nuint)63);
        var channels = ChannelsOfItem(s);
        var parts = Ceiling(s.Channels / s.Groups, channels);
        while (first < last)
        {
            var (rest, row) = Math.DivRem(first, s.KernelHeight);
            var (panel, part) = Math.DivRem(rest, parts);
            // Kernel rows of the same channels see the same rows of the images.
            var rows = Math.Min(Math.Min(last - first, s.KernelHeight - row), Math.Max(1, GroupWeights / (s.KernelWidth * channels * Panel)));
            first += rows;
            var item = new GradientItem(s, panel, part * channels, Math.Min(channels, s.Channels / s.Groups - part * channels), row, rows, planes)
            {
                X = x,
                XSample = xSample,
                Dy = dy,
                DySample = dySample,
                Samples = samples,
                Segment = sums + 5 * GroupWeights,
            };
            Sum<V>(item, sums);
            item.Store(sums, dw);
        }
    }

    private static int ChannelsOfItem(in ImageShape s)
    {
        var inputs = s.Channels / s.Groups;
        var enough = Ceiling(Pieces, Ceiling(s.OutChannels, Panel) * s.KernelHeight);
        var most = Math.Clamp(inputs / enough, ItemChannels.Least, ItemChannels.Most);
        return Ceiling(inputs, Ceiling(inputs, Math.Clamp(ItemWeights / (Panel * s.KernelWidth), 1, most)));
    }

    private static void Sum<V>(GradientItem item, float* sums) where V : struct, IVector<V>
    {
        item.Tree<V>(0, 1, sums);
        if (item.Samples >= 16) return;
        // As if the chains without a sample had been added: −0 becomes 0.
        for (var i = 0; i < item.Weights; i += V.Count) (V.Load(sums + i) + V.Zero).Store(sums + i);
    }

    /// <summary>A share of dW: some kernel rows, some channels in, a panel of channels out.</summary>
    private struct GradientItem
    {
        public float* X, Dy, Segment;
        public nint XSample, DySample;
        public int Samples;

        private readonly ImageShape _s;
        private readonly int _channel, _channels, _row, _rows, _output, _inputs, _segmentRows;
        private readonly nint _pixel, _plane, _dyPixel;

        public GradientItem(in ImageShape s, int panel, int channel, int channels, int row, int rows, bool planes)
        {
            (_s, _channel, _channels, _row, _rows, _output, _inputs) = (s, channel, channels, row, rows, panel * Panel, s.Channels / s.Groups);
            Width = s.OutChannels - _output <= 16 ? 16 : Panel;
            _pixel = planes ? 1 : Layouts.PixelFloats(s.Channels);
            _plane = planes ? (nint)s.Height * s.Width : 1;
            _dyPixel = Layouts.PixelFloats(s.OutChannels);
            _segmentRows = Ceiling(ChannelTiles.Segment, s.OutWidth);
        }

        /// <summary>Columns of the panel.</summary>
        public int Width { get; }

        /// <summary>Sums: [kernel row][tap column][channel in][Width].</summary>
        public readonly int Weights => _rows * _s.KernelWidth * _channels * Width;

        /// <summary>Chains chain, chain + step, … joined: first those twice as far apart, then the two halves.</summary>
        public readonly void Tree<V>(int chain, int step, float* sums) where V : struct, IVector<V>
        {
            if (step == 16)
            {
                Chain<V>(chain, sums);
                return;
            }
            Tree<V>(chain, 2 * step, sums);
            if (chain + step >= Samples) return;
            Tree<V>(chain + step, 2 * step, sums + GroupWeights);
            Add<V>(sums, sums + GroupWeights);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Add<V>(float* sums, float* more) where V : struct, IVector<V>
        {
            for (var i = 0; i < Weights; i += V.Count) (V.Load(sums + i) + V.Load(more + i)).Store(sums + i);
        }

        /// <summary>The sum over every sixteenth sample, a segment of rows after the other. A segment may go on in the next sample.</summary>
        private readonly void Chain<V>(int chain, float* sums) where V : struct, IVector<V>
        {
            var height = _s.OutHeight;
            var rows = ((Samples - chain + 15) / 16) * height;
            for (int row = 0, end; row < rows; row = end)
            {
                end = Math.Min(row + _segmentRows, rows);
                var target = row == 0 ? sums : Segment;
                var single = row / height == (end - 1) / height;
                for (int from = row, count; from < end; from += count)
                {
                    var (sample, top) = Math.DivRem(from, height);
                    // Whole samples go together.
                    var whole = top == 0 ? (end - from) / height : 0;
                    count = whole > 0 ? whole * height : Math.Min(height - top, end - from);
                    var how = from > row ? TileEnd.Continue : TileEnd.Store;
                    if (single && row > 0)
                    {
                        target = sums;
                        how = TileEnd.Add;
                    }
                    Rows<V>(chain + 16 * sample, Math.Max(1, whole), top, whole > 0 ? height : top + count, target, how);
                }
                if (target != sums) Add<V>(sums, target);
            }
        }

        /// <summary>Adds the rows top … bottom − 1 of some samples of a chain to all sums of the item.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Rows<V>(int sample, int samples, int top, int bottom, float* sums, TileEnd end) where V : struct, IVector<V>
        {
            var rows = bottom - top;
            var dy = Dy + sample * DySample + (nint)top * _s.OutWidth * _dyPixel + _output;
            var walk = new TileWalk
            {
                ARow = _plane,
                ATerm = _s.StrideX * _pixel,
                ARun = (nint)_s.StrideY * _s.Width * _pixel,
                ATime = 16 * XSample,
                BTerm = _dyPixel,
                BRun = _s.OutWidth * _dyPixel,
                BTime = 16 * DySample,
                CRow = Width,
            };
            var x = X + sample * XSample + (_output / (_s.OutChannels / _s.Groups) * _inputs + _channel) * _plane;
            for (var u = 0; u < _rows; u++, sums += _s.KernelWidth * _channels * Width)
            {
                // Output rows whose tap lies in the image.
                var shift = (_row + u) * _s.DilationY - _s.Top;
                Clip(_s.OutHeight, _s.Height, _s.StrideY, shift, out var from, out var to);
                (from, to) = (Math.Max(top, from), Math.Min(bottom, to));
                Row<V>(walk, x + (nint)(from * _s.StrideY + shift) * _s.Width * _pixel, dy + (from - top) * walk.BRun, samples, Math.Max(0, to - from), sums, end);
            }
        }

        /// <summary>The same for the sums of one kernel row.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Row<V>(TileWalk walk, float* x, float* dy, int samples, int rows, float* sums, TileEnd end) where V : struct, IVector<V>
        {
            var registers = Math.Min(2, Width / V.Count);
            for (var v = 0; v < _s.KernelWidth; v++)
            {
                var shift = v * _s.DilationX - _s.Left;
                Clip(_s.OutWidth, _s.Width, _s.StrideX, shift, out var left, out var right);
                var (runs, times) = (rows, right > left && rows > 0 ? samples : 0);
                walk.Terms = right - left;
                if (walk.Terms == _s.OutWidth && walk.ARun == _s.OutWidth * walk.ATerm) (walk.Terms, runs) = (walk.Terms * rows, 1);
                var a = x + (left * _s.StrideX + shift) * _pixel;
                for (int channel = 0, tile; channel < _channels; channel += tile)
                {
                    tile = TileRows<V>(_channels - channel);
                    for (var part = 0; part < Width; part += registers * V.Count)
                        Tile<V>(tile, registers, walk, a + channel * _plane, dy + left * walk.BTerm + part, sums + (v * _channels + channel) * Width + part, times, runs, end);
                }
            }
        }

        /// <summary>Pixels out whose source, shift further on, lies in the image.</summary>
        private static void Clip(int outputs, int size, int stride, int shift, out int first, out int last)
        {
            first = Math.Min(outputs, shift >= 0 ? 0 : (-shift + stride - 1) / stride);
            last = Math.Max(first, Math.Min(outputs, size - 1 < shift ? 0 : (size - 1 - shift) / stride + 1));
        }

        /// <summary>The finished sums, to their rows of the panel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Store(float* sums, float* dw)
        {
            var panel = dw + (nint)_output * _s.KernelHeight * _s.KernelWidth * _inputs;
            var live = Math.Min(Width, _s.OutChannels - _output);
            for (var tap = _row * _s.KernelWidth; tap < (_row + _rows) * _s.KernelWidth; tap++)
                for (var c = 0; c < _channels; c++, sums += Width)
                {
                    var to = panel + (nint)(tap * _inputs + _channel + c) * Width;
                    new Span<float>(sums, live).CopyTo(new Span<float>(to, live));
                    new Span<float>(to + live, Width - live).Clear();
                }
        }
    }
}
