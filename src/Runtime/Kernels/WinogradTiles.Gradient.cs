using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// The weight gradient, the adjoint in w: dw = Gᵀ [Σ over tiles of (Bᵀ x B) ∘ (A dy Aᵀ)] G. The samples are cut into groups, as many as their sizes
/// say; each group's sum runs over its tiles in order, in segments of a block of tiles, and the groups are added in order.
/// </summary>
public static unsafe partial class WinogradTiles
{
    /// <summary>Channels in of an item: dy is transformed once for each.</summary>
    private const int GradientChannels = 128;

    /// <summary>Tiles of a block.</summary>
    private const int GradientTiles = 42;

    /// <summary>The items that the sums over tiles are shared out by: groups of samples by channels in by panels of channels out.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="groups">Groups of samples.</param>
    /// <returns>Their number.</returns>
    public static int GradientItems(in ImageShape s, int groups) => groups * Ceiling(s.Channels, GradientChannels) * Ceiling(s.OutChannels, Panel);

    /// <summary>The transformed gradient of each group of samples, for a range of items.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">Samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="xSample">From a sample of x to the next.</param>
    /// <param name="dy">Samples of [OutHeight][OutWidth][OutChannels, padded to 16]; pads may hold anything.</param>
    /// <param name="dySample">From a sample of dy to the next.</param>
    /// <param name="samples">Samples, at least 1.</param>
    /// <param name="sums">Gets for each group (size + 2)² matrices in Panels, as <see cref="Kernel"/> leaves a kernel; pads may hold anything.</param>
    /// <param name="s">The geometry: 3×3, no stride, no dilation, one group.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="groups">Groups of samples.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="GradientItems"/>.</param>
    public static void Gradient<V>(float* x, nint xSample, float* dy, nint dySample, int samples, float* sums, in ImageShape s, int size, int groups, int first, int last) where V : struct, IVector<V>
    {
        int panels = Ceiling(s.OutChannels, Panel), parts = Ceiling(s.Channels, GradientChannels);
        var sweep = new GradientSweep(x, xSample, dy, dySample, s, size);
        while (first < last)
        {
            // Panels of the same samples and channels in share the transformed input.
            var (rest, panel) = Math.DivRem(first, panels);
            var (group, part) = Math.DivRem(rest, parts);
            var end = Math.Min(panels, panel + last - first);
            first += end - panel;
            var channel = part * GradientChannels;
            var (from, to) = ((int)((long)samples * group / groups), (int)((long)samples * (group + 1) / groups));
            sweep.Sum<V>(from, to, channel, Math.Min(GradientChannels, s.Channels - channel), panel, end, sums + (nint)group * sweep.GroupFloats);
        }
    }

    /// <summary>The gradient from the sums of the groups, for a range of its items.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="sums">What <see cref="Gradient"/> leaves.</param>
    /// <param name="dw">Gets dW in Panels: rows (u, v, c), columns o; pad columns become zero.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="groups">Groups of samples.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="KernelItems"/>.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void JoinGradient<V>(float* sums, float* dw, int inputs, int outputs, int size, int groups, int first, int last) where V : struct, IVector<V>
    {
        const int taps = 3;
        int side = size + 2, places = side * side;
        float* sum = stackalloc float[6 * 6 * Lanes], temporary = stackalloc float[taps * 6 * Lanes];
        nint depth = Padded(inputs), place = depth * Padded(outputs);
        for (; first < last; first++)
        {
            var (panel, part) = Math.DivRem(first, Ceiling(inputs, Lanes));
            var output = panel * Panel;
            nint width = outputs - output <= 16 ? 16 : Panel, tap = inputs * width;
            for (var c = part * Lanes; c < Math.Min(inputs, (part + 1) * Lanes); c++)
            {
                var to = dw + (nint)output * taps * taps * inputs + c * width;
                for (var column = 0; column < width; column += V.Count)
                {
                    for (var i = 0; i < places; i++)
                    {
                        var from = sums + i * place + output * depth + c * width + column;
                        var total = V.Load(from);
                        for (var group = 1; group < groups; group++) total += V.Load(from + group * places * place);
                        total.Store(sum + i * Lanes);
                    }
                    if (size == 4)
                    {
                        KernelGradient4<V>(sum, 6 * Lanes, Lanes, temporary, 6 * Lanes, Lanes, 6);
                        KernelGradient4<V>(temporary, Lanes, 6 * Lanes, to + column, tap, taps * tap, taps);
                    }
                    else
                    {
                        KernelGradient2<V>(sum, 4 * Lanes, Lanes, temporary, 4 * Lanes, Lanes, 4);
                        KernelGradient2<V>(temporary, Lanes, 4 * Lanes, to + column, tap, taps * tap, taps);
                    }
                }
                for (var pad = Math.Max(0, outputs - output); pad < width; pad++)
                    for (var i = 0; i < taps * taps; i++) to[i * tap + pad] = 0;
            }
        }
    }

    /// <summary>Sums over tiles.</summary>
    private readonly struct GradientSweep
    {
        private readonly float* _x, _dy;
        private readonly nint _xSample, _dySample;
        private readonly ImageShape _s;
        private readonly int _size, _side, _places, _tiles, _tileColumns, _pixel, _dyPixel, _depth;

        /// <summary>From a place in the tile to the next: of the transformed input and of the transformed gradient.</summary>
        private readonly nint _inputPlace, _gradientPlace;

        /// <summary>The transformed input, [place][tile][channels in]; the transformed gradient, [place][tile][channels out of a panel]; a patch of the image; what passes between the two steps of a transform.</summary>
        private readonly float* _input, _gradient, _patch, _temporary;

        /// <summary>Floats of a group's sums.</summary>
        public readonly nint GroupFloats;

        public GradientSweep(float* x, nint xSample, float* dy, nint dySample, in ImageShape s, int size)
        {
            _x = x;
            _dy = dy;
            (_xSample, _dySample) = (xSample, dySample);
            _s = s;
            (_size, _side) = (size, size + 2);
            _places = _side * _side;
            _tileColumns = Ceiling(s.OutWidth, size);
            _tiles = TilesOf(s, size);
            (_pixel, _dyPixel) = (Layouts.PixelFloats(s.Channels), Layouts.PixelFloats(s.OutChannels));
            _depth = Padded(s.Channels);
            GroupFloats = (nint)_places * _depth * Padded(s.OutChannels);
            _inputPlace = GradientTiles * Math.Min(_depth, GradientChannels) + Lanes;
            _gradientPlace = GradientTiles * Panel + Lanes;
            _input = Scratch.Of(_places * (_inputPlace + _gradientPlace + 2 * Lanes));
            _gradient = _input + _places * _inputPlace;
            _patch = _gradient + _places * _gradientPlace;
            _temporary = _patch + _places * Lanes;
        }

        /// <summary>Of some samples, some channels in and some panels of channels out.</summary>
        public void Sum<V>(int firstSample, int endSample, int channel, int channels, int panel, int endPanel, float* sums) where V : struct, IVector<V>
        {
            int tiles = (endSample - firstSample) * _tiles, blocks = Ceiling(tiles, GradientTiles);
            for (var p = panel; blocks == 0 && p < endPanel; p++)
                for (var place = 0; place < _places; place++) new Span<float>(Place(sums, place, channel, p), channels * WidthOf(p)).Clear();
            for (var block = 0; block < blocks; block++)
            {
                int from = (int)((long)tiles * block / blocks), count = (int)((long)tiles * (block + 1) / blocks) - from;
                from += firstSample * _tiles;
                TransformInput<V>(from, count, channel, Padded(channels));
                for (var p = panel; p < endPanel; p++)
                {
                    TransformGradient<V>(from, count, p);
                    for (var place = 0; place < _places; place++)
                        Multiply<V>(_input + place * _inputPlace, channels, _gradient + place * _gradientPlace, WidthOf(p), count, Place(sums, place, channel, p), block == 0);
                }
            }
        }

        private float* Place(float* sums, int place, int channel, int panel) =>
            sums + (nint)place * _depth * Padded(_s.OutChannels) + (nint)panel * Panel * _depth + channel * WidthOf(panel);

        private int WidthOf(int panel) => _s.OutChannels - panel * Panel <= 16 ? 16 : Panel;

        /// <summary>Bᵀ x B of some tiles.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void TransformInput<V>(int from, int count, int channel, int channels) where V : struct, IVector<V>
        {
            for (var i = 0; i < count; i++)
            {
                var (sample, tile) = Math.DivRem(from + i, _tiles);
                var (row, column) = Math.DivRem(tile, _tileColumns);
                int top = row * _size - _s.Top, left = column * _size - _s.Left;
                var inside = top >= 0 && left >= 0 && top + _side <= _s.Height && left + _side <= _s.Width;
                nint line = (nint)_s.Width * _pixel;
                var x = _x + sample * _xSample + top * line + (nint)left * _pixel + channel;
                var to = _input + (nint)i * Math.Min(_depth, GradientChannels);
                for (var c = 0; c < channels; c += V.Count, x += V.Count, to += V.Count)
                {
                    var (patch, patchLine, patchPixel) = ((nint)x, line, (nint)_pixel);
                    if (!inside) (patch, patchLine, patchPixel) = ((nint)Patch<V>(x, line, _pixel, top, left, _s.Height, _s.Width, _side), _side * Lanes, Lanes);
                    if (_size == 4)
                    {
                        Input4<V>((float*)patch, patchLine, patchPixel, _temporary, 6 * Lanes, Lanes);
                        Input4<V>(_temporary, Lanes, 6 * Lanes, to, _inputPlace, 6 * _inputPlace);
                    }
                    else
                    {
                        Input2<V>((float*)patch, patchLine, patchPixel, _temporary, 4 * Lanes, Lanes);
                        Input2<V>(_temporary, Lanes, 4 * Lanes, to, _inputPlace, 4 * _inputPlace);
                    }
                }
            }
        }

        /// <summary>A dy Aᵀ of some tiles of a panel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void TransformGradient<V>(int from, int count, int panel) where V : struct, IVector<V>
        {
            var width = WidthOf(panel);
            nint line = (nint)_s.OutWidth * _dyPixel;
            for (var i = 0; i < count; i++)
            {
                var (sample, tile) = Math.DivRem(from + i, _tiles);
                var (row, column) = Math.DivRem(tile, _tileColumns);
                int top = row * _size, left = column * _size;
                var inside = top + _size <= _s.OutHeight && left + _size <= _s.OutWidth;
                var dy = _dy + sample * _dySample + top * line + (nint)left * _dyPixel + panel * Panel;
                var to = _gradient + (nint)i * width;
                for (var o = 0; o < width; o += V.Count, dy += V.Count, to += V.Count)
                {
                    var (patch, patchLine, patchPixel) = ((nint)dy, line, (nint)_dyPixel);
                    if (!inside) (patch, patchLine, patchPixel) = ((nint)Patch<V>(dy, line, _dyPixel, top, left, _s.OutHeight, _s.OutWidth, _size), _size * Lanes, Lanes);
                    if (_size == 4)
                    {
                        Gradient4<V>((float*)patch, patchLine, patchPixel, _temporary, 4 * Lanes, Lanes, 4);
                        Gradient4<V>(_temporary, Lanes, 4 * Lanes, to, _gradientPlace, 6 * _gradientPlace, 6);
                    }
                    else
                    {
                        Gradient2<V>((float*)patch, patchLine, patchPixel, _temporary, 2 * Lanes, Lanes, 2);
                        Gradient2<V>(_temporary, Lanes, 2 * Lanes, to, _gradientPlace, 4 * _gradientPlace, 4);
                    }
                }
            }
        }

        /// <summary>A part of the image with zeros where it lies outside.</summary>
        private float* Patch<V>(float* from, nint line, nint pixel, int top, int left, int height, int width, int side) where V : struct, IVector<V>
        {
            var to = _patch;
            for (var i = 0; i < side; i++)
                for (var j = 0; j < side; j++, to += Lanes)
                    ((uint)(top + i) < (uint)height && (uint)(left + j) < (uint)width ? V.Load(from + i * line + j * pixel) : V.Zero).Store(to);
            return _patch;
        }

        /// <summary>Channels in by channels out of a panel, summed over the tiles.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply<V>(float* a, int channels, float* b, int width, int tiles, float* c, bool isFirst) where V : struct, IVector<V>
        {
            var registers = Math.Min(2, width / V.Count);
            var walk = new TileWalk { ARow = 1, ATerm = Math.Min(_depth, GradientChannels), BTerm = width, CRow = width, Terms = tiles };
            for (var part = 0; part < width; part += registers * V.Count)
                for (int row = 0, tile; row < channels; row += tile)
                {
                    tile = ChannelTiles.TileRows<V>(channels - row);
                    Tile<V>(tile, registers, walk, a + row, b + part, c + (nint)row * width + part, 1, 1, isFirst ? TileEnd.Store : TileEnd.Add);
                }
        }
    }
}
