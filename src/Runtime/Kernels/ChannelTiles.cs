using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>
/// Convolutions of images in Channels, [row][column][channels padded to 16], a sample at a time: tiles of pixels by channels out.
/// The sums are those of <see cref="ImageTiles"/>, term by term. Of a single sample, idle helpers share the panels of channels out
/// and bands of rows.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe partial class ChannelTiles
{
    private const int Panel = 32;

    /// <summary>Rows of the largest tile.</summary>
    private const int MostTileRows = 14;

    /// <summary>Samples computed for each load of the kernel.</summary>
    private const int Block = 16;

    /// <summary>Of images with less pixels side by side that see all taps, tiles are the same pixel of several samples.</summary>
    private const int FewPixels = 6;

    /// <summary>Floats of the largest kernel that the L2 cache keeps beside the images: 256 KB.</summary>
    private const int KeptKernel = 64 * 1024;

    /// <summary>Terms that a segment has at least.</summary>
    private const int Segment = 256;

    /// <summary>Pieces that a single sample is cut into: enough for 64 threads.</summary>
    private const int Pieces = 64;

    /// <summary>Multiply-adds from which on several threads are faster than one.</summary>
    private const long WorthSharing = 256 * 1024;

    /// <summary>Multiply-adds from which on even threads that sleep are woken.</summary>
    private const long WorthWaking = 8 * 1024 * 1024;

    /// <summary>y[i, j, o] = Σ over (u, v, c) of w[(u, v, c), o] · x[i · stride + u · dilation − top, j · stride + v · dilation − left, c], and its epilogue, for a sample.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Height][Width][Channels, padded to 16].</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o. Groups have multiples of 32 channels.</param>
    /// <param name="y">Gets [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by, padded to 16; null for none. With a scale there is a shift.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding; null for none.</param>
    /// <param name="residual">What is added then, laid out as y is; null for nothing.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    /// <param name="yPixel">From a pixel of y to the next, where y is a part of the channels of an image; 0 where it is an image of its own.</param>
    /// <param name="planes">Whether x is [Channels][Height][Width] instead, as inputs of few channels are.</param>
    public static void Convolve<V>(float* x, float* w, float* y, in ImageShape s, float* scale = null, float* shift = null, float* residual = null, bool relu = false, int yPixel = 0, bool planes = false) where V : struct, IVector<V>
    {
        var sweep = Sweep.Forward(x, w, y, s, scale, shift, residual, relu, yPixel, planes);
        Share<V>(&sweep);
    }

    /// <summary>The items that the convolution of a batch is shared out by: panels of channels out by blocks of 16 samples.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples.</param>
    /// <returns>Their number.</returns>
    public static int ConvolveItems(in ImageShape s, int samples) => Ceiling(s.OutChannels, Panel) * Ceiling(samples, Block);

    /// <summary>A range of items of a batch's convolution: 16 samples at a time share what is fetched of the kernel.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">Samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="xSample">From a sample of x to the next.</param>
    /// <param name="w">The kernel in Panels: rows (u, v, c of the group), columns o. Groups have multiples of 32 channels.</param>
    /// <param name="y">Gets samples of [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="ySample">From a sample of y to the next.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="ConvolveItems"/>.</param>
    /// <param name="scale">A number per channel out that the sum is multiplied by, padded to 16; null for none. With a scale there is a shift.</param>
    /// <param name="shift">A number per channel out that is added then, with one rounding; null for none.</param>
    /// <param name="residual">What is added then, laid out as y is; null for nothing.</param>
    /// <param name="relu">Whether ReLU is applied last.</param>
    /// <param name="yPixel">From a pixel of y to the next, where y is a part of the channels of an image; 0 where it is an image of its own.</param>
    /// <param name="planes">Whether x is [Channels][Height][Width] instead, as inputs of few channels are.</param>
    public static void Convolve<V>(float* x, nint xSample, float* w, float* y, nint ySample, int samples, in ImageShape s, int first, int last, float* scale = null, float* shift = null, float* residual = null, bool relu = false, int yPixel = 0, bool planes = false) where V : struct, IVector<V>
    {
        var sweep = Sweep.Forward(x, w, y, s, scale, shift, residual, relu, yPixel, planes);
        Blocks<V>(sweep, xSample, ySample, samples, first, last);
    }

    /// <summary>dx[i, j, c] = Σ over (u, v, o) of w[(u, v, c), o] · dy[…, o] for a sample: the adjoint of the convolution in x.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">[OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="wt">The kernel as <see cref="ImageTiles.TransposeKernel"/> leaves it.</param>
    /// <param name="dx">Gets [Height][Width][Channels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    public static void DataGradient<V>(float* dy, float* wt, float* dx, in ImageShape s) where V : struct, IVector<V>
    {
        // Pixels of one phase of the stride see the same taps: a convolution without stride.
        for (var phaseY = 0; phaseY < Math.Min(s.StrideY, s.Height); phaseY++)
            for (var phaseX = 0; phaseX < Math.Min(s.StrideX, s.Width); phaseX++)
            {
                var sweep = Sweep.Backward(dy, wt, dx, s, phaseY, phaseX);
                Share<V>(&sweep);
            }
    }

    /// <summary>The items that the data gradient of a batch is shared out by: panels of channels in by blocks of 16 samples.</summary>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples.</param>
    /// <returns>Their number.</returns>
    public static int DataGradientItems(in ImageShape s, int samples) => Ceiling(s.Channels, Panel) * Ceiling(samples, Block);

    /// <summary>A range of items of a batch's data gradient: 16 samples at a time share what is fetched of the kernel.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">Samples of [OutHeight][OutWidth][OutChannels, padded to 16].</param>
    /// <param name="dySample">From a sample of dy to the next.</param>
    /// <param name="wt">The kernel as <see cref="ImageTiles.TransposeKernel"/> leaves it.</param>
    /// <param name="dx">Gets samples of [Height][Width][Channels, padded to 16].</param>
    /// <param name="dxSample">From a sample of dx to the next.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="first">The first item, from 0.</param>
    /// <param name="last">The item after the last, at most <see cref="DataGradientItems"/>.</param>
    public static void DataGradient<V>(float* dy, nint dySample, float* wt, float* dx, nint dxSample, int samples, in ImageShape s, int first, int last) where V : struct, IVector<V>
    {
        for (var phaseY = 0; phaseY < Math.Min(s.StrideY, s.Height); phaseY++)
            for (var phaseX = 0; phaseX < Math.Min(s.StrideX, s.Width); phaseX++)
                Blocks<V>(Sweep.Backward(dy, wt, dx, s, phaseY, phaseX), dySample, dxSample, samples, first, last);
    }

    /// <summary>A pixel out sees the pixel in at its place and no other: a matrix product over all pixels.</summary>
    private static bool IsProduct(in ImageShape s) =>
        s.KernelHeight == 1 && s.KernelWidth == 1 && s.StrideY == 1 && s.StrideX == 1 && s.Top == 0 && s.Left == 0 && s.OutHeight == s.Height && s.OutWidth == s.Width;

    private static void Share<V>(Sweep* sweep) where V : struct, IVector<V>
    {
        var panels = Ceiling(sweep->Outputs, Panel);
        sweep->Bands = Math.Clamp(Ceiling(Pieces, panels), 1, sweep->Lines);
        // Of 1×1, a kernel that the L2 cache keeps is rather read for every band than the image for every panel.
        var (kernel, image) = ((long)sweep->Inputs * sweep->Outputs, (long)sweep->Rows.Size * sweep->Columns.Size * sweep->Inputs * sweep->Groups);
        sweep->ByBands = sweep->KernelHeight * sweep->KernelWidth == 1 && kernel <= KeptKernel && kernel * sweep->Bands < image * panels;
        var work = (long)sweep->Rows.Count * sweep->Columns.Count * sweep->Rows.Taps * sweep->Columns.Taps * sweep->Inputs * sweep->Outputs;
        var items = panels * sweep->Bands;
        // Helpers read the sweep where it lies: the caller waits for them.
        var address = (nint)sweep;
        if (work < WorthSharing || !Workers.TryShare(&Piece<V>, &address, items, isLong: work >= WorthWaking)) Piece<V>(&address, 0, items);
    }

    /// <summary>Some panels of channels out, some bands of each.</summary>
    private static void Piece<V>(void* shared, int first, int end) where V : struct, IVector<V>
    {
        var sweep = *(Sweep*)*(nint*)shared;
        while (first < end)
        {
            if (sweep.ByBands)
            {
                var (line, column) = Math.DivRem(first++, Ceiling(sweep.Outputs, Panel));
                Run<V>(ref sweep, column, (int)((long)sweep.Lines * line / sweep.Bands), (int)((long)sweep.Lines * (line + 1) / sweep.Bands));
                continue;
            }
            var panel = first / sweep.Bands;
            var band = first - panel * sweep.Bands;
            var last = Math.Min(sweep.Bands, band + end - first);
            first += last - band;
            var (from, to) = ((int)((long)sweep.Lines * band / sweep.Bands), (int)((long)sweep.Lines * last / sweep.Bands));
            Run<V>(ref sweep, panel, from, to);
        }
    }

    /// <summary>Some panels of channels out, each for some blocks of samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Blocks<V>(Sweep sweep, nint xSample, nint ySample, int samples, int first, int last) where V : struct, IVector<V>
    {
        var blocks = Ceiling(samples, Block);
        for (; first < last; first++)
        {
            var (panel, block) = Math.DivRem(first, blocks);
            var from = block * Block;
            var count = Math.Min(Block, samples - from);
            sweep.Panel<V>(panel);
            sweep.Samples(xSample, ySample);
            for (var part = 0; part < sweep.PanelWidth; part += sweep.Registers * V.Count)
            {
                sweep.Part = part;
                if (sweep.IsSmall && count > 1)
                {
                    sweep.Move(from);
                    sweep.RunAcross<V>(count);
                    sweep.Move(-from);
                    continue;
                }
                for (var sample = from; sample < from + count; sample++)
                {
                    sweep.Move(sample);
                    sweep.Run<V>(0, sweep.Rows.Count, 0, sweep.Columns.Count);
                    sweep.Move(-sample);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<V>(ref Sweep sweep, int panel, int from, int to) where V : struct, IVector<V>
    {
        sweep.Panel<V>(panel);
        for (var part = 0; part < sweep.PanelWidth; part += sweep.Registers * V.Count)
        {
            sweep.Part = part;
            if (sweep.Rows.Count > 1) sweep.Run<V>(from, to, 0, sweep.Columns.Count);
            else sweep.Run<V>(0, 1, from, to);
        }
    }

    /// <summary>Rows of the tiles that cover so many: as few tiles as may be, and equal ones.</summary>
    internal static int TileRows<V>(int left) where V : struct, IVector<V>
    {
        var most = V.Count == 16 ? MostTileRows : 6;
        return Ceiling(left, Ceiling(left, most));
    }

    private static int Ceiling(int count, int of) => (count + of - 1) / of;

    /// <summary>A convolution of one sample, forward or backward.</summary>
    private struct Sweep
    {
        public float* X, W, Y, Scale, Shift, Residual;
        public Axis Rows, Columns;

        /// <summary>Pixels of a channel where x lies in planes, or else 0; channels in, of a group; channels out, of all groups; pixels of a row in and out.</summary>
        public int Plane, OutPixel, Inputs, Outputs, Groups, KernelHeight, KernelWidth, Width, OutWidth, Bands;

        /// <summary>The panel's columns, and the first of those that the tiles now compute.</summary>
        public int PanelWidth, Part;

        /// <summary>Registers of a tile's columns.</summary>
        public int Registers;
        public bool Relu;

        /// <summary>Whether pieces are all panels of a band, one band after the other, rather than all bands of a panel.</summary>
        public bool ByBands;

        private TileWalk _across, _down, _samples;
        private float* _x, _w, _y, _scale, _shift;
        private nint _pixel, _kernelColumn, _outPixel;
        private int _segmentRows;

        public static Sweep Forward(float* x, float* w, float* y, in ImageShape s, float* scale, float* shift, float* residual, bool relu, int yPixel, bool planes)
        {
            var sweep = new Sweep
            {
                X = x,
                W = w,
                Y = y,
                Scale = scale,
                Shift = shift,
                Residual = residual,
                Relu = relu,
                OutPixel = yPixel,
                Plane = planes ? s.Height * s.Width : 0,
                Inputs = s.Channels / s.Groups,
                Outputs = s.OutChannels,
                Groups = s.Groups,
                KernelHeight = s.KernelHeight,
                KernelWidth = s.KernelWidth,
                Width = s.Width,
                OutWidth = s.OutWidth,
                Rows = Axis.Forward(s.OutHeight, s.Height, s.KernelHeight, s.StrideY, s.Top, s.DilationY),
                Columns = Axis.Forward(s.OutWidth, s.Width, s.KernelWidth, s.StrideX, s.Left, s.DilationX),
            };
            if (IsProduct(s)) sweep.Flatten(s.Height * s.Width);
            return sweep;
        }

        public static Sweep Backward(float* dy, float* wt, float* dx, in ImageShape s, int phaseY, int phaseX)
        {
            var sweep = new Sweep
            {
                X = dy,
                W = wt,
                Y = dx,
                Inputs = s.OutChannels / s.Groups,
                Outputs = s.Channels,
                Groups = s.Groups,
                KernelHeight = s.KernelHeight,
                KernelWidth = s.KernelWidth,
                Width = s.OutWidth,
                OutWidth = s.Width,
                Rows = Axis.Backward(phaseY, s.Height, s.OutHeight, s.KernelHeight, s.StrideY, s.Top, s.DilationY),
                Columns = Axis.Backward(phaseX, s.Width, s.OutWidth, s.KernelWidth, s.StrideX, s.Left, s.DilationX),
            };
            if (IsProduct(s)) sweep.Flatten(s.Height * s.Width);
            return sweep;
        }

        /// <summary>What bands are made of: rows of pixels; of a single row, its pixels.</summary>
        public readonly int Lines => Rows.Count > 1 ? Rows.Count : Columns.Count;

        /// <summary>Too few pixels side by side see all taps to fill a tile.</summary>
        public readonly bool IsSmall
        {
            get
            {
                Columns.Inner(out var left, out var right);
                return right - left < FewPixels;
            }
        }

        /// <summary>All pixels are one row.</summary>
        private void Flatten(int pixels)
        {
            (Width, OutWidth) = (pixels, pixels);
            (Rows.Count, Rows.Size) = (1, 1);
            (Columns.Count, Columns.Size) = (pixels, pixels);
        }

        /// <summary>From here on tiles walk in that panel of channels out.</summary>
        public void Panel<V>(int panel) where V : struct, IVector<V>
        {
            var output = panel * ChannelTiles.Panel;
            PanelWidth = Outputs - output <= 16 ? 16 : ChannelTiles.Panel;
            Registers = Math.Min(2, PanelWidth / V.Count);
            nint channel = Plane > 0 ? Plane : 1;
            _pixel = Plane > 0 ? 1 : Layouts.PixelFloats(Inputs * Groups);
            _outPixel = OutPixel > 0 ? OutPixel : Layouts.PixelFloats(Outputs);
            _kernelColumn = (nint)Inputs * PanelWidth;
            _segmentRows = Ceiling(Segment, KernelWidth * Inputs);
            _x = X + output / (Outputs / Groups) * Inputs * channel;
            _w = W + (nint)output * KernelHeight * KernelWidth * Inputs;
            _y = Y + ((nint)Rows.From * OutWidth + Columns.From) * _outPixel + output;
            _scale = Scale == null ? null : Scale + output;
            _shift = Shift == null ? null : Shift + output;
            _across = new TileWalk
            {
                ARow = Columns.SourceStep * _pixel,
                ATerm = channel,
                ARun = Columns.SourceTap * _pixel,
                ATime = (nint)Rows.SourceTap * Width * _pixel,
                BTerm = PanelWidth,
                BRun = Columns.TapStep * _kernelColumn,
                BTime = Rows.TapStep * KernelWidth * _kernelColumn,
                BAhead = Ahead(),
                CRow = Columns.Step * _outPixel,
                Terms = Inputs,
            };
            // Of a single channel, the tap columns take the channels' loop.
            if (Inputs == 1) (_across.ATerm, _across.BTerm) = (_across.ARun, _across.BRun);
            _down = _across;
            _down.ARow = (nint)Rows.SourceStep * Width * _pixel;
            _down.CRow = (nint)Rows.Step * OutWidth * _outPixel;
        }

        /// <summary>From a panel of the kernel to the next, which is fetched meanwhile, where the cache has room for both but not for the kernel.</summary>
        private readonly nint Ahead()
        {
            var panel = KernelHeight * KernelWidth * Inputs * PanelWidth;
            return panel <= KeptKernel && (long)panel * Outputs / PanelWidth > 2 * KeptKernel ? panel : 0;
        }

        /// <summary>Tiles may be the same pixel of several samples, which lie so far apart.</summary>
        public void Samples(nint xSample, nint ySample)
        {
            _samples = _across;
            (_samples.ARow, _samples.CRow) = (xSample, ySample);
        }

        /// <summary>Goes so many samples on.</summary>
        public void Move(int samples)
        {
            _x += samples * _samples.ARow;
            _y += samples * _samples.CRow;
        }

        /// <summary>Pixel by pixel, tiles of samples.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void RunAcross<V>(int count) where V : struct, IVector<V>
        {
            for (var row = 0; row < Rows.Count; row++)
            {
                Rows.Range(row, out var firstTap, out var lastTap);
                for (var column = 0; column < Columns.Count; column++)
                {
                    Columns.Range(column, out var left, out var right);
                    for (int sample = 0, tile; sample < count; sample += tile)
                    {
                        tile = TileRows<V>(count - sample);
                        Sum<V>(_samples, tile, row, column, firstTap, lastTap, left, right, sample);
                    }
                }
            }
        }

        /// <summary>
        /// Tiles of pixels side by side. At the edges, where some tap column is outside, pixels one below the other; at the corners
        /// single ones.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(int firstRow, int lastRow, int firstColumn, int lastColumn) where V : struct, IVector<V>
        {
            Columns.Inner(out var left, out var right);
            (left, right) = (Math.Clamp(left, firstColumn, lastColumn), Math.Clamp(right, firstColumn, lastColumn));
            Rows.Inner(out var top, out var bottom);
            (top, bottom) = (Math.Clamp(top, firstRow, lastRow), Math.Clamp(bottom, firstRow, lastRow));
            for (var row = firstRow; row < lastRow; row++)
            {
                Rows.Range(row, out var firstTap, out var lastTap);
                for (int column = left, pixels; column < right; column += pixels)
                {
                    pixels = TileRows<V>(right - column);
                    Sum<V>(_across, pixels, row, column, firstTap, lastTap, 0, Columns.Taps);
                }
                if (row >= top && row < bottom) continue;
                for (var column = Edge(firstColumn); column < lastColumn; column = Edge(column + 1))
                {
                    Columns.Range(column, out var from, out var to);
                    Sum<V>(_across, 1, row, column, firstTap, lastTap, from, to);
                }
            }
            if (top >= bottom) return;
            for (var column = Edge(firstColumn); column < lastColumn; column = Edge(column + 1))
            {
                Columns.Range(column, out var from, out var to);
                for (int row = top, pixels; row < bottom; row += pixels)
                {
                    pixels = TileRows<V>(bottom - row);
                    Sum<V>(_down, pixels, row, column, 0, Rows.Taps, from, to);
                }
            }

            int Edge(int column) => column >= left && column < right ? right : column;
        }

        /// <summary>One tile, whose first pixel is this row and column, over some of its taps.</summary>
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Sum<V>(TileWalk walk, int pixels, int row, int column, int firstTap, int lastTap, int left, int right, int sample = 0) where V : struct, IVector<V>
        {
            var x = _x + sample * walk.ARow + Columns.Source(column, left) * _pixel;
            var w = _w + (Columns.Tap + left * Columns.TapStep) * _kernelColumn + Part;
            var y = _y + sample * walk.CRow + ((nint)row * Rows.Step * OutWidth + column * Columns.Step) * _outPixel + Part;
            var tapColumns = right - left;
            if (Inputs == 1) (walk.Terms, tapColumns) = (tapColumns, 1);
            // Sums with an epilogue do not go to y, where they would be waited for until memory has taken them.
            var sums = stackalloc float[MostTileRows * ChannelTiles.Panel];
            var pixel = walk.CRow;
            var finishes = _shift != null || Residual != null || Relu;
            if (finishes)
            {
                walk.CRow = Registers * V.Count;
                Fetch(y, pixel, pixels);
                if (Residual != null) Fetch(Residual + (y - Y), pixel, pixels);
            }
            else sums = y;
            var tap = firstTap;
            do
            {
                // A segment is the taps of whole kernel rows; those outside the image are left out of it.
                var kernelRow = Rows.Tap + tap * Rows.TapStep;
                var next = lastTap;
                if (_segmentRows < KernelHeight) next = Math.Min(next, tap + ((kernelRow / _segmentRows + 1) * _segmentRows - kernelRow + Rows.TapStep - 1) / Rows.TapStep);
                Tile<V>(pixels, Registers, walk, x + (nint)Rows.Source(row, tap) * Width * _pixel, w + (nint)kernelRow * KernelWidth * _kernelColumn, sums, next - tap, tapColumns, tap == firstTap ? TileEnd.Store : TileEnd.Add);
                tap = next;
            }
            while (tap < lastTap);
            if (finishes) Finish<V>(sums, y, pixel, pixels);
        }

        /// <summary>Asks for what the epilogue will read and write, a cache line or two of each pixel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Fetch(float* at, nint pixel, int pixels)
        {
            if (!Sse.IsSupported) return;
            for (; pixels > 0; pixels--, at += pixel)
            {
                Sse.Prefetch0(at);
                if (PanelWidth > 16) Sse.Prefetch0(at + 16);
            }
        }

        /// <summary>The epilogue of a tile, and its way to y.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Finish<V>(float* sums, float* y, nint pixel, int pixels) where V : struct, IVector<V>
        {
            for (var column = 0; column < Registers * V.Count; column += V.Count)
            {
                var scale = _scale == null ? V.Zero : V.Load(_scale + Part + column);
                var shift = _shift == null ? V.Zero : V.Load(_shift + Part + column);
                float* from = sums + column, at = y + column;
                for (var left = pixels; left > 0; left--, from += Registers * V.Count, at += pixel)
                {
                    var sum = V.Load(from);
                    if (_scale != null) sum = V.MultiplyAdd(sum, scale, shift);
                    else if (_shift != null) sum += shift;
                    if (Residual != null) sum += V.Load(Residual + (at - Y));
                    (Relu ? V.Max(V.Zero, sum) : sum).Store(at);
                }
            }
        }
    }
}
