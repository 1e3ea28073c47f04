using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>Pools: a window over each channel by itself.</summary>
public static unsafe partial class ImageTiles
{
    /// <summary>The maximum over each window, NaN where one is in it; padding never wins.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="y">Gets [Channels][OutHeight][OutWidth][16].</param>
    /// <param name="s">The geometry.</param>
    public static void MaxPool<V>(float* x, float* y, in ImageShape s) where V : struct, IVector<V> => MaxPool<V>(x, y, s, Planes.OfLanes(s));

    internal static void MaxPool<V>(float* x, float* y, in ImageShape s, in Planes planes) where V : struct, IVector<V> =>
        EachWindow<V, Maximum<V>>(new Maximum<V>(x, y), s, planes);

    /// <summary>dx: each dy goes to the first maximum (or NaN) of its window, in the order of the windows.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="dy">[Channels][OutHeight][OutWidth][16].</param>
    /// <param name="dx">Gets [Channels][Height][Width][16].</param>
    /// <param name="s">The geometry.</param>
    public static void MaxPoolGradient<V>(float* x, float* dy, float* dx, in ImageShape s) where V : struct, IVector<V> => MaxPoolGradient<V>(x, dy, dx, s, Planes.OfLanes(s));

    internal static void MaxPoolGradient<V>(float* x, float* dy, float* dx, in ImageShape s, in Planes planes) where V : struct, IVector<V>
    {
        var partition = Partition(s);
        if (!partition) Clear<V>(dx, s, planes);
        EachWindow<V, MaximumGradient<V>>(new MaximumGradient<V>(x, dy, dx, partition), s, planes);
    }

    /// <summary>For each window, v at the place of the first maximum (or NaN) of x.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="v">[Channels][Height][Width][16].</param>
    /// <param name="y">Gets [Channels][OutHeight][OutWidth][16].</param>
    /// <param name="s">The geometry.</param>
    public static void MaxPoolGather<V>(float* x, float* v, float* y, in ImageShape s) where V : struct, IVector<V> => MaxPoolGather<V>(x, v, y, s, Planes.OfLanes(s));

    internal static void MaxPoolGather<V>(float* x, float* v, float* y, in ImageShape s, in Planes planes) where V : struct, IVector<V> =>
        EachWindow<V, AtMaximum<V>>(new AtMaximum<V>(x, v, y), s, planes);

    /// <summary>The mean (or the sum) over each window.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="y">Gets [Channels][OutHeight][OutWidth][16].</param>
    /// <param name="s">The geometry.</param>
    public static void AveragePool<V>(float* x, float* y, in ImageShape s) where V : struct, IVector<V> => AveragePool<V>(x, y, s, Planes.OfLanes(s));

    internal static void AveragePool<V>(float* x, float* y, in ImageShape s, in Planes planes) where V : struct, IVector<V> =>
        EachWindow<V, Mean<V>>(new Mean<V>(x, y, Factor(s)), s, planes);

    /// <summary>dx: every pixel gets its share of each window it lies in, in the order of the windows.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">[Channels][OutHeight][OutWidth][16].</param>
    /// <param name="dx">Gets [Channels][Height][Width][16].</param>
    /// <param name="s">The geometry.</param>
    public static void AveragePoolGradient<V>(float* dy, float* dx, in ImageShape s) where V : struct, IVector<V> => AveragePoolGradient<V>(dy, dx, s, Planes.OfLanes(s));

    internal static void AveragePoolGradient<V>(float* dy, float* dx, in ImageShape s, in Planes planes) where V : struct, IVector<V>
    {
        var partition = Partition(s);
        if (!partition) Clear<V>(dx, s, planes);
        EachWindow<V, MeanGradient<V>>(new MeanGradient<V>(dy, dx, Factor(s), partition), s, planes);
    }

    /// <summary>What is done at a window.</summary>
    private interface IPool
    {
        /// <summary>
        /// One register of lanes; image and output are offsets of the first tap inside the image and of the window's output, area is
        /// the number of taps that a mean counts.
        /// </summary>
        void At(nint image, nint output, int rows, int columns, nint tapRow, nint tapColumn, int area);
    }

    /// <summary>Where a pool's images lie, in floats. A plane is an image of 16 numbers a pixel: 16 samples of a channel, or 16 channels of a sample.</summary>
    internal struct Planes
    {
        /// <summary>The planes that are worked on.</summary>
        public int First, Last;

        /// <summary>From a plane of the input and of the output to the next; from a pixel to the next.</summary>
        public nint Plane, OutPlane, Pixel;

        public static Planes OfLanes(in ImageShape s) => new() { Last = s.Channels, Plane = (nint)s.Height * s.Width * Lanes, OutPlane = (nint)s.OutHeight * s.OutWidth * Lanes, Pixel = Lanes };

        public static Planes OfChannels(in ImageShape s)
        {
            var count = (s.Channels + Lanes - 1) / Lanes;
            return new() { Last = count, Plane = Lanes, OutPlane = Lanes, Pixel = Layouts.PixelFloats(s.Channels) };
        }
    }

    /// <summary>Visits the windows of some planes in row-major order, each clipped to the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EachWindow<V, TPool>(TPool pool, in ImageShape s, in Planes planes) where V : struct, IVector<V> where TPool : struct, IPool
    {
        int width = s.Width, kernelWidth = s.KernelWidth, outWidth = s.OutWidth, strideX = s.StrideX, paddingLeft = s.Left, dilationX = s.DilationX;
        nint pixel = planes.Pixel, tapRow = s.DilationY * width * pixel, tapColumn = dilationX * pixel;
        for (var plane = planes.First; plane < planes.Last; plane++)
        {
            var output = plane * planes.OutPlane;
            for (var row = 0; row < s.OutHeight; row++)
            {
                Along(row, s.Height, s.OutHeight, s.KernelHeight, s.StrideY, s.Top, s.Bottom, s.DilationY, s.Divisor, out var top, out var rows, out var countedRows);
                var line = plane * planes.Plane + top * width * pixel;
                for (var column = 0; column < outWidth; column++, output += pixel)
                {
                    int left = column * strideX - paddingLeft, columns = kernelWidth, countedColumns = kernelWidth;
                    if (kernelWidth == 0 || left < 0 || left + (kernelWidth - 1) * dilationX >= width)
                        Along(column, width, outWidth, kernelWidth, strideX, paddingLeft, s.Right, dilationX, s.Divisor, out left, out columns, out countedColumns);
                    for (var part = 0; part < Lanes; part += V.Count)
                    {
                        var image = line + left * pixel + part;
                        // The commonest window by constants, so that its loops vanish.
                        if (rows == 2 && columns == 2) pool.At(image, output + part, 2, 2, tapRow, tapColumn, countedRows * countedColumns);
                        else pool.At(image, output + part, rows, columns, tapRow, tapColumn, countedRows * countedColumns);
                    }
                }
            }
        }
    }

    /// <summary>Along one axis: a window's first pixel inside the image, its taps there, and its taps that a mean counts.</summary>
    private static void Along(int window, int size, int windows, int kernel, int stride, int before, int after, int dilation, PoolDivisor divisor, out int first, out int count, out int counted)
    {
        if (kernel == 0)
        {
            first = (int)((long)window * size / windows);
            count = counted = (int)((((window + 1L) * size) + windows - 1) / windows) - first;
            return;
        }
        Clip(window * stride - before, size, kernel, dilation, out first, out count);
        if (divisor == PoolDivisor.Padded) Clip(window * stride, before + size + after, kernel, dilation, out _, out counted);
        else counted = count;
    }

    /// <summary>The first pixel inside the image and the number of taps there.</summary>
    private static void Clip(int at, int size, int kernel, int dilation, out int first, out int count)
    {
        var skipped = at >= 0 ? 0 : (-at + dilation - 1) / dilation;
        first = at + skipped * dilation;
        count = Math.Max(0, Math.Min(kernel - skipped, first >= size ? 0 : (size - 1 - first) / dilation + 1));
    }

    /// <summary>Every pixel lies in exactly one window: a gradient need not be cleared and read before it is written.</summary>
    private static bool Partition(in ImageShape s) =>
        s.StrideY == s.KernelHeight && s.StrideX == s.KernelWidth && s.DilationY == 1 && s.DilationX == 1 && s.Top == 0 && s.Left == 0
        && s.OutHeight * s.KernelHeight == s.Height && s.OutWidth * s.KernelWidth == s.Width;

    /// <summary>The factor of a mean whose windows all count as many taps, where it is exact: quotients by powers of two are products, to the last bit. Otherwise 0.</summary>
    private static float Factor(in ImageShape s)
    {
        if (s.Divisor == PoolDivisor.One) return 1;
        var area = s.KernelHeight * s.KernelWidth;
        return BitOperations.IsPow2(area) && IsWhole(s.Height, s.OutHeight, s.KernelHeight, s.StrideY, s.Top, s.Bottom, s.DilationY, s.Divisor)
            && IsWhole(s.Width, s.OutWidth, s.KernelWidth, s.StrideX, s.Left, s.Right, s.DilationX, s.Divisor) ? 1f / area : 0;
    }

    /// <summary>Along one axis every window counts all its taps.</summary>
    private static bool IsWhole(int size, int windows, int kernel, int stride, int before, int after, int dilation, PoolDivisor divisor) =>
        kernel > 0 && (divisor == PoolDivisor.Padded || before == 0)
        && (windows - 1) * stride + (kernel - 1) * dilation < (divisor == PoolDivisor.Padded ? before + size + after : size);

    private static void Clear<V>(float* image, in ImageShape s, in Planes planes) where V : struct, IVector<V>
    {
        var pixels = (nint)s.Height * s.Width;
        for (var plane = planes.First; plane < planes.Last; plane++)
            for (nint pixel = 0; pixel < pixels; pixel++)
                for (var part = 0; part < Lanes; part += V.Count) V.Zero.Store(image + plane * planes.Plane + pixel * planes.Pixel + part);
    }

    private readonly struct Maximum<V>(float* x, float* y) : IPool where V : struct, IVector<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At(nint image, nint output, int rows, int columns, nint tapRow, nint tapColumn, int area)
        {
            var taps = x + image;
            var best = rows == 0 || columns == 0 ? V.Broadcast(float.NegativeInfinity) : V.Load(taps);
            for (var u = 0; u < rows; u++, taps += tapRow)
                for (var v = 0; v < columns; v++) best = VectorMath.Maximum(V.Load(taps + v * tapColumn), best);
            best.Store(y + output);
        }
    }

    private readonly struct AtMaximum<V>(float* x, float* values, float* y) : IPool where V : struct, IVector<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At(nint image, nint output, int rows, int columns, nint tapRow, nint tapColumn, int area)
        {
            var empty = rows == 0 || columns == 0;
            V best = empty ? V.Zero : V.Load(x + image), picked = empty ? V.Zero : V.Load(values + image);
            for (var u = 0; u < rows; u++, image += tapRow)
                for (var v = 0; v < columns; v++)
                {
                    var value = V.Load(x + image + v * tapColumn);
                    picked = VectorMath.SelectAbove(value, best, V.Load(values + image + v * tapColumn), picked);
                    best = VectorMath.Maximum(value, best);
                }
            picked.Store(y + output);
        }
    }

    private readonly struct MaximumGradient<V>(float* x, float* dy, float* dx, bool partition) : IPool where V : struct, IVector<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At(nint image, nint output, int rows, int columns, nint tapRow, nint tapColumn, int area)
        {
            if (rows == 2 && columns == 2)
            {
                Four(image, output, tapRow, tapColumn);
                return;
            }
            if (rows == 0 || columns == 0) return;
            V best = V.Load(x + image), one = V.Broadcast(1), place = one, tap = one;
            for (var u = 0; u < rows; u++)
                for (var v = 0; v < columns; v++, tap += one)
                {
                    var value = V.Load(x + image + u * tapRow + v * tapColumn);
                    place = VectorMath.SelectAbove(value, best, tap, place);
                    best = VectorMath.Maximum(value, best);
                }
            var gradient = V.Load(dy + output);
            tap = one;
            for (var u = 0; u < rows; u++)
                for (var v = 0; v < columns; v++, tap += one) Add(dx + image + u * tapRow + v * tapColumn, V.SelectEqual(place, tap, gradient, V.Broadcast(-0f)));
        }

        /// <summary>The same without loops.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Four(nint image, nint output, nint tapRow, nint tapColumn)
        {
            float* taps = x + image, targets = dx + image;
            V one = V.Broadcast(1), two = V.Broadcast(2), three = V.Broadcast(3), four = V.Broadcast(4);
            V best = V.Load(taps), value = V.Load(taps + tapColumn);
            var place = VectorMath.SelectAbove(value, best, two, one);
            best = VectorMath.Maximum(value, best);
            value = V.Load(taps + tapRow);
            place = VectorMath.SelectAbove(value, best, three, place);
            best = VectorMath.Maximum(value, best);
            place = VectorMath.SelectAbove(V.Load(taps + tapRow + tapColumn), best, four, place);
            V gradient = V.Load(dy + output), none = V.Broadcast(-0f);
            Add(targets, V.SelectEqual(place, one, gradient, none));
            Add(targets + tapColumn, V.SelectEqual(place, two, gradient, none));
            Add(targets + tapRow, V.SelectEqual(place, three, gradient, none));
            Add(targets + tapRow + tapColumn, V.SelectEqual(place, four, gradient, none));
        }

        /// <summary>Adds the gradient, or −0, which changes nothing at all.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(float* target, V gradient) => ((partition ? V.Zero : V.Load(target)) + gradient).Store(target);
    }

    private readonly struct Mean<V>(float* x, float* y, float factor) : IPool where V : struct, IVector<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At(nint image, nint output, int rows, int columns, nint tapRow, nint tapColumn, int area)
        {
            var taps = x + image;
            if (rows == 2 && columns == 2)
            {
                Put(V.Zero + V.Load(taps) + V.Load(taps + tapColumn) + V.Load(taps + tapRow) + V.Load(taps + tapRow + tapColumn), output, area);
                return;
            }
            V sum = V.Zero, segment = V.Zero;
            var left = Segment;
            for (var u = 0; u < rows; u++, taps += tapRow)
                for (var v = 0; v < columns; v++)
                {
                    segment += V.Load(taps + v * tapColumn);
                    if (--left > 0) continue;
                    (sum, segment, left) = (sum + segment, V.Zero, Segment);
                }
            Put(sum + segment, output, area);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Put(V sum, nint output, int area) => (factor != 0 ? sum * V.Broadcast(factor) : sum / V.Broadcast(area)).Store(y + output);
    }

    private readonly struct MeanGradient<V>(float* dy, float* dx, float factor, bool partition) : IPool where V : struct, IVector<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At(nint image, nint output, int rows, int columns, nint tapRow, nint tapColumn, int area)
        {
            var target = dx + image;
            var share = V.Load(dy + output);
            share = factor != 0 ? share * V.Broadcast(factor) : share / V.Broadcast(area);
            if (partition)
            {
                share = V.Zero + share; // as if added: −0 becomes 0
                for (var u = 0; u < rows; u++, target += tapRow)
                    for (var v = 0; v < columns; v++) share.Store(target + v * tapColumn);
                return;
            }
            for (var u = 0; u < rows; u++, target += tapRow)
                for (var v = 0; v < columns; v++) (V.Load(target + v * tapColumn) + share).Store(target + v * tapColumn);
        }
    }
}
