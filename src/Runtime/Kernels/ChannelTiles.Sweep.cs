using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

// How a convolution in Channels walks over a sample, tile by tile.
public static unsafe partial class ChannelTiles
{
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
