using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// Convolutions with a 3×3 kernel without stride by Winograd's algorithm (Lavin and Gray 2016, "Fast algorithms for convolutional neural
/// networks"), images in Channels. A tile of 2×2 or 4×4 pixels out is transformed, multiplied channel by channel in and out, and transformed
/// back: Y = Aᵀ [(G w Gᵀ) ∘ (Bᵀ x B)] A. Of 4×4 pixels that takes 36 multiplications where the sum over taps takes 144, of 2×2 pixels 16 where
/// it takes 36. The tiles lie on a fixed grid, so results do not depend on how the work is shared.
/// </summary>
/// <remarks>
/// The sums over channels ascend in segments of 256. Rounding errors are two to three times those of the sum over taps. A tile in which the
/// image is not finite is not finite as a whole.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe partial class WinogradTiles
{
    private const int Lanes = 16;
    private const int Panel = 32;

    /// <summary>Terms of a segment.</summary>
    private const int Segment = 256;

    /// <summary>Floats of a block's transformed input that the L2 cache keeps: 1 MB.</summary>
    private const int KeptFloats = 256 * 1024;

    /// <summary>Tiles of a block, at most: as many as fill register tiles of 14 and of 6 rows.</summary>
    private const int MostTiles = 84, MostTilesOfManyChannels = 42;

    /// <summary>Tiles of a block, at least: those of a register tile, or more where the kernel, which is fetched for each block, is more than the L2 cache keeps.</summary>
    private const int LeastTiles = 14, LeastTilesOfLargeKernel = 42;

    /// <summary>Pieces that work is cut into, if there is enough of it.</summary>
    private const int Pieces = 64;

    /// <summary>Multiply-adds from which on several threads are faster than one; from which on even threads that sleep are woken.</summary>
    private const long WorthSharing = 256 * 1024, WorthWaking = 8 * 1024 * 1024;

    /// <summary>Panels that are multiplied before they are transformed back, where a block's input is more than the L2 cache keeps.</summary>
    private const int GroupPanels = 4;

    /// <summary>The items that a batch is shared out by: panels of channels out by blocks of tiles.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="samples">Samples.</param>
    /// <returns>Their number.</returns>
    public static int Items(in ImageShape s, int size, int samples) => Ceiling(s.OutChannels, Panel) * Blocks(s, size, samples);

    private static int Blocks(in ImageShape s, int size, int samples)
    {
        var (places, tiles) = ((size + 2) * (size + 2), samples * TilesOf(s, size));
        var least = (long)places * s.Channels * s.OutChannels <= KeptFloats ? LeastTiles : LeastTilesOfLargeKernel;
        var most = places * MostTiles * s.Channels <= KeptFloats ? MostTiles : MostTilesOfManyChannels;
        return Ceiling(tiles, Math.Clamp(Ceiling(tiles, Pieces), least, most));
    }

    private static int TilesOf(in ImageShape s, int size) => Ceiling(s.OutHeight, size) * Ceiling(s.OutWidth, size);

    /// <summary>The same for one sample, which idle helpers share.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Height][Width][Channels, padded to 16].</param>
    /// <param name="u">The kernel as <see cref="Kernel"/> leaves it.</param>
    /// <param name="y">Gets [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="s">The geometry: 3×3, no stride, no dilation, one group.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by, padded to 16; null for none. With a scale there is a shift.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding; null for none.</param>
    /// <param name="residual">What is added then, laid out as y is; null for nothing.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    /// <param name="yPixel">From a pixel of y to the next, where y is a part of the channels of an image; 0 where it is an image of its own.</param>
    public static void Convolve<V>(float* x, float* u, float* y, in ImageShape s, int size, float* scale = null, float* shift = null, float* residual = null, bool relu = false, int yPixel = 0) where V : struct, IVector<V>
    {
        var call = new Call { X = x, U = u, Y = y, Shape = s, Size = size, Samples = 1, Scale = scale, Shift = shift, Residual = residual, Relu = relu, YPixel = yPixel };
        // Helpers read the call where it lies: the caller waits for them.
        var address = (nint)(&call);
        var items = Items(s, size, 1);
        var work = (long)(size + 2) * (size + 2) * TilesOf(s, size) * s.Channels * s.OutChannels;
        if (work < WorthSharing || !Workers.TryShare(&Piece<V>, &address, items, isLong: work >= WorthWaking)) Run<V>(call, 0, items);
    }

    private static void Piece<V>(void* shared, int first, int last) where V : struct, IVector<V> => Run<V>(*(Call*)*(nint*)shared, first, last);

    /// <summary>y[i, j, o] = Σ over (u, v, c) of w[(u, v, c), o] · x[i + u − top, j + v − left, c], and its epilogue, for a range of items.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">Samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="xSample">From a sample of x to the next.</param>
    /// <param name="u">The kernel as <see cref="Kernel"/> leaves it.</param>
    /// <param name="y">Gets samples of [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="ySample">From a sample of y to the next.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="s">The geometry: 3×3, no stride, no dilation, one group.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="Items"/>.</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by, padded to 16; null for none. With a scale there is a shift.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding; null for none.</param>
    /// <param name="residual">What is added then, laid out as y is; null for nothing.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    /// <param name="yPixel">From a pixel of y to the next, where y is a part of the channels of an image; 0 where it is an image of its own.</param>
    public static void Convolve<V>(float* x, nint xSample, float* u, float* y, nint ySample, int samples, in ImageShape s, int size, int first, int last, float* scale = null, float* shift = null, float* residual = null, bool relu = false, int yPixel = 0) where V : struct, IVector<V>
    {
        Run<V>(new Call { X = x, XSample = xSample, U = u, Y = y, YSample = ySample, Shape = s, Size = size, Samples = samples, Scale = scale, Shift = shift, Residual = residual, Relu = relu, YPixel = yPixel }, first, last);
    }

    private static void Run<V>(in Call call, int first, int last) where V : struct, IVector<V>
    {
        ref readonly var s = ref call.Shape;
        int panels = Ceiling(s.OutChannels, Panel), tiles = call.Samples * TilesOf(s, call.Size), blocks = Blocks(s, call.Size, call.Samples);
        var sweep = new Sweep(call, Ceiling(tiles, blocks));
        while (first < last)
        {
            // Panels of one block share its transformed input.
            var (block, panel) = Math.DivRem(first, panels);
            var end = Math.Min(panels, panel + last - first);
            first += end - panel;
            var (from, to) = ((int)((long)tiles * block / blocks), (int)((long)tiles * (block + 1) / blocks));
            sweep.Begin(from, to - from);
            sweep.TransformInput<V>();
            for (int group; panel < end; panel += group)
            {
                group = Math.Min(sweep.Group, end - panel);
                sweep.Multiply<V>(panel, panel + group);
                for (var i = 0; i < group; i++) sweep.TransformOutput<V>(panel + i, i);
            }
        }
    }

    /// <summary>The kernel as <see cref="WinogradTiles"/> wants it, G w Gᵀ, for a range of its items: a matrix in Panels for each place of the tile, channels in, padded to 16, by channels out.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="w">The kernel in Panels: rows (u, v, c), columns o.</param>
    /// <param name="u">Gets (size + 2)² matrices in Panels.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="size">Pixels of a tile along an axis, 2 or 4.</param>
    /// <param name="flipped">Whether tap (u, v) is the kernel's (2 − u, 2 − v): of a data gradient.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="KernelItems"/>.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Kernel<V>(float* w, float* u, int inputs, int outputs, int size, bool flipped, int first, int last) where V : struct, IVector<V>
    {
        const int taps = 3;
        var side = size + 2;
        var temporary = stackalloc float[taps * 6 * Lanes];
        for (; first < last; first++)
        {
            var (panel, part) = Math.DivRem(first, Ceiling(inputs, Lanes));
            var output = panel * Panel;
            nint width = outputs - output <= 16 ? 16 : Panel, tap = inputs * width, depth = Padded(inputs), place = depth * Padded(outputs);
            for (var c = part * Lanes; c < (part + 1) * Lanes; c++)
                for (var column = 0; column < width; column += V.Count)
                {
                    var from = w + (nint)output * taps * taps * inputs + c * width + column;
                    var to = u + output * depth + c * width + column;
                    if (c >= inputs)
                    {
                        for (var i = 0; i < side * side; i++) V.Zero.Store(to + i * place);
                        continue;
                    }
                    if (flipped)
                    {
                        from += (taps * taps - 1) * inputs * width;
                        tap = -inputs * width;
                    }
                    if (size == 4)
                    {
                        Kernel4<V>(from, tap, taps * tap, temporary, taps * Lanes, Lanes, taps);
                        Kernel4<V>(temporary, Lanes, taps * Lanes, to, side * place, place, side);
                        continue;
                    }
                    Kernel2<V>(from, tap, taps * tap, temporary, taps * Lanes, Lanes, taps);
                    Kernel2<V>(temporary, Lanes, taps * Lanes, to, side * place, place, side);
                }
        }
    }

    /// <summary>The items that a kernel's transform is shared out by.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <returns>Their number.</returns>
    public static int KernelItems(int inputs, int outputs) => Ceiling(outputs, Panel) * Ceiling(inputs, Lanes);

    private static int Padded(int channels) => (channels + Lanes - 1) & -Lanes;

    private static int Ceiling(int count, int of) => (count + of - 1) / of;

    /// <summary>A convolution and its operands.</summary>
    private struct Call
    {
        public float* X, U, Y, Scale, Shift, Residual;
        public nint XSample, YSample;
        public ImageShape Shape;
        public int Size, Samples, YPixel;
        public bool Relu;
    }

    /// <summary>A block of tiles on its way.</summary>
    private struct Sweep
    {
        private readonly float* _x, _u, _y, _scale, _shift, _residual;
        private readonly nint _xSample, _ySample;
        private readonly int _yPixel;
        private readonly bool _relu;

        /// <summary>Tiles of a sample; panels that are multiplied before they are transformed back.</summary>
        public readonly int Tiles, Group;

        private readonly ImageShape _s;
        private readonly int _size, _side, _places, _tileColumns, _block, _pixel, _depth;

        /// <summary>From a place in the tile to the next: of the transformed input and of the products.</summary>
        private readonly nint _inputPlace, _productPlace;

        /// <summary>The transformed input, [place][16 channels in each][tile][16]; the products, [panel of the group][place][tile][channels out of the panel]; a patch of the image; what passes between the two steps of a transform.</summary>
        private readonly float* _input, _product, _patch, _temporary;
        private int _from, _count;

        /// <param name="call">What is computed.</param>
        /// <param name="block">Tiles of a block, at most.</param>
        public Sweep(in Call call, int block)
        {
            ref readonly var s = ref call.Shape;
            var size = call.Size;
            _x = call.X;
            _u = call.U;
            _y = call.Y;
            (_xSample, _ySample) = (call.XSample, call.YSample);
            _yPixel = call.YPixel > 0 ? call.YPixel : Layouts.PixelFloats(s.OutChannels);
            _scale = call.Scale;
            _shift = call.Shift;
            _residual = call.Residual;
            _relu = call.Relu;
            _s = s;
            (_size, _side) = (size, size + 2);
            _places = _side * _side;
            _tileColumns = Ceiling(s.OutWidth, size);
            Tiles = TilesOf(s, size);
            _block = block;
            _pixel = Layouts.PixelFloats(s.Channels);
            // Places that lie whole pages apart would meet in the same lines of the cache.
            _depth = Padded(s.Channels);
            _inputPlace = (nint)_block * _depth + Lanes;
            _productPlace = (nint)_block * Panel + Lanes;
            Group = _places * _inputPlace <= KeptFloats ? 1 : GroupPanels;
            _input = Scratch.Of(_places * (_inputPlace + Group * _productPlace + 2 * Lanes));
            _product = _input + _places * _inputPlace;
            _patch = _product + _places * Group * _productPlace;
            _temporary = _patch + _places * Lanes;
        }

        public void Begin(int from, int count) => (_from, _count) = (from, count);

        /// <summary>Bᵀ x B of every tile.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void TransformInput<V>() where V : struct, IVector<V>
        {
            var (sample, tile) = Math.DivRem(_from, Tiles);
            var (row, column) = Math.DivRem(tile, _tileColumns);
            for (var i = 0; i < _count; i++)
            {
                TransformInput<V>(_x + sample * _xSample, row * _size - _s.Top, column * _size - _s.Left, _input + (nint)i * Lanes);
                if (++column < _tileColumns) continue;
                column = 0;
                if (++row * _size < _s.OutHeight) continue;
                (row, sample) = (0, sample + 1);
            }
        }

        /// <summary>Of the tile whose first pixel is this one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void TransformInput<V>(float* x, int top, int left, float* to) where V : struct, IVector<V>
        {
            nint next = (nint)_block * Lanes;
            var inside = top >= 0 && left >= 0 && top + _side <= _s.Height && left + _side <= _s.Width;
            nint pixel = _pixel, line = (nint)_s.Width * _pixel;
            x += top * line + left * pixel;
            for (var c = 0; c < _depth; c += V.Count, x += V.Count)
            {
                float* from = x, at = to + c / Lanes * next + c % Lanes;
                if (!inside)
                {
                    var patch = _patch;
                    for (var i = 0; i < _side; i++)
                        for (var j = 0; j < _side; j++, patch += Lanes)
                            ((uint)(top + i) < (uint)_s.Height && (uint)(left + j) < (uint)_s.Width ? V.Load(x + i * line + j * pixel) : V.Zero).Store(patch);
                    from = _patch;
                    (pixel, line) = (Lanes, _side * Lanes);
                }
                if (_size == 4)
                {
                    Input4<V>(from, line, pixel, _temporary, 6 * Lanes, Lanes);
                    Input4<V>(_temporary, Lanes, 6 * Lanes, at, _inputPlace, 6 * _inputPlace);
                }
                else
                {
                    Input2<V>(from, line, pixel, _temporary, 4 * Lanes, Lanes);
                    Input2<V>(_temporary, Lanes, 4 * Lanes, at, _inputPlace, 4 * _inputPlace);
                }
                if (!inside) (pixel, line) = (_pixel, (nint)_s.Width * _pixel);
            }
            // Channels that only fill up the last register may hold anything.
            for (var c = _s.Channels; c < _depth; c++)
                for (var place = 0; place < _places; place++) to[place * _inputPlace + c / Lanes * next + c % Lanes] = 0;
        }

        /// <summary>Place by place, the transformed input times some panels of the transformed kernel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Multiply<V>(int panel, int end) where V : struct, IVector<V>
        {
            for (var place = 0; place < _places; place++)
                for (var p = panel; p < end; p++)
                {
                    var u = _u + (nint)_depth * ((nint)place * Padded(_s.OutChannels) + p * Panel);
                    Multiply<V>(_input + place * _inputPlace, u, WidthOf(p), _product + ((p - panel) * _places + place) * _productPlace);
                }
        }

        /// <summary>The tiles' numbers at one place times one panel there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Multiply<V>(float* a, float* b, int width, float* c) where V : struct, IVector<V>
        {
            var registers = Math.Min(2, width / V.Count);
            var walk = new TileWalk
            {
                ARow = Lanes,
                ATerm = 1,
                ARun = (nint)_block * Lanes,
                BTerm = width,
                BRun = Lanes * width,
                BAhead = Segment * width,
                CRow = width,
                Terms = Lanes,
            };
            for (var part = 0; part < width; part += registers * V.Count)
                for (var k = 0; k < _depth; k += Segment)
                    for (int row = 0, tile; row < _count; row += tile)
                    {
                        tile = ChannelTiles.TileRows<V>(_count - row);
                        Tile<V>(tile, registers, walk, a + (nint)k * _block + row * Lanes, b + (nint)k * width + part, c + (nint)row * width + part, 1, Math.Min(Segment, _depth - k) / Lanes, k == 0 ? TileEnd.Store : TileEnd.Add);
                    }
        }

        private readonly int WidthOf(int panel) => _s.OutChannels - panel * Panel <= 16 ? 16 : Panel;

        /// <summary>Aᵀ m A of every tile of a panel, and the epilogue.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void TransformOutput<V>(int panel, int ofGroup) where V : struct, IVector<V>
        {
            var finished = stackalloc float[4 * 4 * Lanes];
            var (sample, tile) = Math.DivRem(_from, Tiles);
            var (row, column) = Math.DivRem(tile, _tileColumns);
            var width = WidthOf(panel);
            var from = _product + ofGroup * _places * _productPlace;
            for (var i = 0; i < _count; i++, from += width)
            {
                var y = _y + sample * _ySample + ((nint)row * _s.OutWidth + column) * _size * _yPixel + panel * Panel;
                int rows = Math.Min(_size, _s.OutHeight - row * _size), columns = Math.Min(_size, _s.OutWidth - column * _size);
                for (var o = 0; o < width; o += V.Count)
                {
                    if (_size == 4)
                    {
                        Output4<V>(from + o, 6 * _productPlace, _productPlace, _temporary, 6 * Lanes, Lanes, 6);
                        Output4<V>(_temporary, Lanes, 6 * Lanes, finished, Lanes, 4 * Lanes, 4);
                    }
                    else
                    {
                        Output2<V>(from + o, 4 * _productPlace, _productPlace, _temporary, 4 * Lanes, Lanes, 4);
                        Output2<V>(_temporary, Lanes, 4 * Lanes, finished, Lanes, 2 * Lanes, 2);
                    }
                    Finish<V>(finished, y + o, panel * Panel + o, rows, columns);
                }
                if (++column < _tileColumns) continue;
                column = 0;
                if (++row * _size < _s.OutHeight) continue;
                (row, sample) = (0, sample + 1);
            }
        }

        /// <summary>The epilogue of a tile, some channels out, and its way to y.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Finish<V>(float* tile, float* y, int output, int rows, int columns) where V : struct, IVector<V>
        {
            var scale = _scale == null ? V.Zero : V.Load(_scale + output);
            var shift = _shift == null ? V.Zero : V.Load(_shift + output);
            nint line = (nint)_s.OutWidth * _yPixel, tileLine = _size * Lanes;
            for (var i = 0; i < rows; i++, y += line, tile += tileLine)
            {
                var at = y;
                for (var j = 0; j < columns; j++, at += _yPixel)
                {
                    var sum = V.Load(tile + j * Lanes);
                    if (_scale != null) sum = V.MultiplyAdd(sum, scale, shift);
                    else if (_shift != null) sum += shift;
                    if (_residual != null) sum += V.Load(_residual + (at - _y));
                    (_relu ? V.Max(V.Zero, sum) : sum).Store(at);
                }
            }
        }
    }
}
