using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>Pools: a window over each channel by itself. A thread has a number of the result; a gradient's gathers from the windows that its pixel lies in, in their order.</summary>
public static partial class ImageTiles
{
    /// <summary>The maximum over each window, NaN where one is in it; padding never wins.</summary>
    /// <param name="x">Images.</param>
    /// <param name="y">Gets images.</param>
    /// <param name="xAt">Where numbers of x lie.</param>
    /// <param name="yAt">Where numbers of y lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void MaxPool(ArrayView<float> x, ArrayView<float> y, ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples)
    {
        var spot = new Spot(yAt, s, s.OutHeight, s.OutWidth);
        if (spot.Sample >= samples) return;
        Window rows = Window.Of(spot.Row, s, false), columns = Window.Of(spot.Column, s, true);
        Maximum(x, xAt, s, spot, rows, columns).Store(y, spot.At(yAt, spot.Row * s.OutWidth + spot.Column));
    }

    /// <summary>For each window, v at the place of the first maximum (or NaN) of x.</summary>
    /// <param name="x">Images.</param>
    /// <param name="v">Images.</param>
    /// <param name="y">Gets images.</param>
    /// <param name="xAt">Where numbers of x and v lie.</param>
    /// <param name="yAt">Where numbers of y lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void MaxPoolGather(ArrayView<float> x, ArrayView<float> v, ArrayView<float> y, ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples)
    {
        var spot = new Spot(yAt, s, s.OutHeight, s.OutWidth);
        if (spot.Sample >= samples) return;
        Window rows = Window.Of(spot.Row, s, false), columns = Window.Of(spot.Column, s, true);
        var picked = Lane.Zero;
        if (rows.Count > 0 && columns.Count > 0)
        {
            var tap = (int)FirstMaximum(x, xAt, s, spot, rows, columns).Value;
            picked = Lane.Load(v, spot.At(xAt, (rows.First + tap / columns.Count * s.DilationY) * s.Width + columns.First + tap % columns.Count * s.DilationX));
        }
        picked.Store(y, spot.At(yAt, spot.Row * s.OutWidth + spot.Column));
    }

    /// <summary>dx: each dy goes to the first maximum (or NaN) of its window.</summary>
    /// <param name="x">Images.</param>
    /// <param name="dy">Images.</param>
    /// <param name="dx">Gets images.</param>
    /// <param name="xAt">Where numbers of x and dx lie.</param>
    /// <param name="yAt">Where numbers of dy lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void MaxPoolGradient(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples)
    {
        if (WindowsAreLargeParts(s))
        {
            MaxPoolGradientOfParts(x, dy, dx, xAt, yAt, s, samples);
            return;
        }
        var spot = new Spot(xAt, s, s.Height, s.Width);
        if (spot.Sample >= samples) return;
        Windows allRows = Windows.Of(spot.Row, s, false), allColumns = Windows.Of(spot.Column, s, true);
        var sum = Lane.Zero;
        for (var i = allRows.First; i < allRows.End; i++)
        {
            var rows = Window.Of(i, s, false);
            var tapRow = rows.TapOf(spot.Row, s.DilationY);
            for (var j = allColumns.First; j < allColumns.End; j++)
            {
                var columns = Window.Of(j, s, true);
                var tapColumn = columns.TapOf(spot.Column, s.DilationX);
                if (tapRow < 0 || tapColumn < 0) continue;
                // −0 changes nothing at all.
                var gradient = Lane.Load(dy, spot.At(yAt, i * s.OutWidth + j));
                sum += Lane.SelectEqual(FirstMaximum(x, xAt, s, spot, rows, columns), Lane.Broadcast(tapRow * columns.Count + tapColumn), gradient, Lane.Broadcast(-0f));
            }
        }
        sum.Store(dx, spot.At(xAt, spot.Row * s.Width + spot.Column));
    }

    /// <summary>Every pixel lies in one window, and windows are so large that finding the maximum for each pixel would take longer than a thread for each window.</summary>
    [MethodImpl(Inline)]
    private static bool WindowsAreLargeParts(ImageShape s)
    {
        if (s.Height % s.OutHeight != 0 || s.Width % s.OutWidth != 0 || s.Height / s.OutHeight * (s.Width / s.OutWidth) <= 16) return false;
        var areParts = s.StrideY == s.KernelHeight && s.StrideX == s.KernelWidth && s.DilationY == 1 && s.DilationX == 1 && s.Top == 0 && s.Left == 0
            && s.OutHeight * s.KernelHeight == s.Height && s.OutWidth * s.KernelWidth == s.Width;
        return areParts || s.KernelHeight == 0 && s.KernelWidth == 0;
    }

    [MethodImpl(Inline)]
    private static void MaxPoolGradientOfParts(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dx, ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples)
    {
        var spot = new Spot(yAt, s, s.OutHeight, s.OutWidth);
        if (spot.Sample >= samples) return;
        Window rows = Window.Of(spot.Row, s, false), columns = Window.Of(spot.Column, s, true);
        Lane place = FirstMaximum(x, xAt, s, spot, rows, columns), gradient = Lane.Zero + Lane.Load(dy, spot.At(yAt, spot.Row * s.OutWidth + spot.Column));
        for (var u = 0; u < rows.Count; u++)
            for (var v = 0; v < columns.Count; v++)
                Lane.SelectEqual(place, Lane.Broadcast(u * columns.Count + v), gradient, Lane.Zero).Store(dx, spot.At(xAt, (rows.First + u) * s.Width + columns.First + v));
    }

    /// <summary>The mean (or the sum) over each window.</summary>
    /// <param name="x">Images.</param>
    /// <param name="y">Gets images.</param>
    /// <param name="xAt">Where numbers of x lie.</param>
    /// <param name="yAt">Where numbers of y lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void AveragePool(ArrayView<float> x, ArrayView<float> y, ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples)
    {
        var spot = new Spot(yAt, s, s.OutHeight, s.OutWidth);
        if (spot.Sample >= samples) return;
        Window rows = Window.Of(spot.Row, s, false), columns = Window.Of(spot.Column, s, true);
        Lane sum = Lane.Zero, segment = Lane.Zero;
        var left = 256;
        for (var u = 0; u < rows.Count; u++)
            for (var v = 0; v < columns.Count; v++)
            {
                segment += Lane.Load(x, spot.At(xAt, (rows.First + u * s.DilationY) * s.Width + columns.First + v * s.DilationX));
                if (--left > 0) continue;
                sum += segment;
                segment = Lane.Zero;
                left = 256;
            }
        Share(sum + segment, s, rows, columns).Store(y, spot.At(yAt, spot.Row * s.OutWidth + spot.Column));
    }

    /// <summary>dx: every pixel gets its share of each window it lies in.</summary>
    /// <param name="dy">Images.</param>
    /// <param name="dx">Gets images.</param>
    /// <param name="xAt">Where numbers of dx lie.</param>
    /// <param name="yAt">Where numbers of dy lie.</param>
    /// <param name="s">The geometry.</param>
    /// <param name="samples">Samples; in Lanes a multiple of 16.</param>
    [MethodImpl(Inline)]
    public static void AveragePoolGradient(ArrayView<float> dy, ArrayView<float> dx, ImagePlaces xAt, ImagePlaces yAt, ImageShape s, int samples)
    {
        var spot = new Spot(xAt, s, s.Height, s.Width);
        if (spot.Sample >= samples) return;
        Windows allRows = Windows.Of(spot.Row, s, false), allColumns = Windows.Of(spot.Column, s, true);
        var sum = Lane.Zero;
        for (var i = allRows.First; i < allRows.End; i++)
        {
            var rows = Window.Of(i, s, false);
            for (var j = allColumns.First; j < allColumns.End; j++)
            {
                var columns = Window.Of(j, s, true);
                if (rows.TapOf(spot.Row, s.DilationY) >= 0 && columns.TapOf(spot.Column, s.DilationX) >= 0) sum += Share(Lane.Load(dy, spot.At(yAt, i * s.OutWidth + j)), s, rows, columns);
            }
        }
        sum.Store(dx, spot.At(xAt, spot.Row * s.Width + spot.Column));
    }

    [MethodImpl(Inline)]
    private static Lane Maximum(ArrayView<float> x, ImagePlaces at, ImageShape s, Spot spot, Window rows, Window columns)
    {
        var best = Lane.Broadcast(float.NegativeInfinity);
        if (rows.Count > 0 && columns.Count > 0) best = Lane.Load(x, spot.At(at, rows.First * s.Width + columns.First));
        for (var u = 0; u < rows.Count; u++)
            for (var v = 0; v < columns.Count; v++) best = VectorMath.Maximum(Lane.Load(x, spot.At(at, (rows.First + u * s.DilationY) * s.Width + columns.First + v * s.DilationX)), best);
        return best;
    }

    /// <summary>The number, from 0, of the tap with the first maximum (or NaN) of a window that has one.</summary>
    [MethodImpl(Inline)]
    private static Lane FirstMaximum(ArrayView<float> x, ImagePlaces at, ImageShape s, Spot spot, Window rows, Window columns)
    {
        Lane best = Lane.Load(x, spot.At(at, rows.First * s.Width + columns.First)), place = Lane.Zero;
        for (var u = 0; u < rows.Count; u++)
            for (var v = 0; v < columns.Count; v++)
            {
                var value = Lane.Load(x, spot.At(at, (rows.First + u * s.DilationY) * s.Width + columns.First + v * s.DilationX));
                place = VectorMath.SelectAbove(value, best, Lane.Broadcast(u * columns.Count + v), place);
                best = VectorMath.Maximum(value, best);
            }
        return place;
    }

    /// <summary>A sum divided by the taps that a mean counts; a product where that is exact, as on the CPU.</summary>
    [MethodImpl(Inline)]
    private static Lane Share(Lane sum, ImageShape s, Window rows, Window columns)
    {
        if (s.Divisor == PoolDivisor.One) return sum * Lane.Broadcast(1);
        return sum / Lane.Broadcast(rows.Counted * columns.Counted);
    }

    /// <summary>The number of an image that a thread computes.</summary>
    private readonly struct Spot
    {
        public readonly int Sample, Channel, Row, Column;

        [MethodImpl(Inline)]
        public Spot(ImagePlaces at, ImageShape s, int height, int width)
        {
            int number = Threads.Index, pixels = height * width, pixel;
            if (at.AreLanes)
            {
                pixel = number / 16 % pixels;
                Channel = number / 16 / pixels % s.Channels;
                Sample = number / 16 / pixels / s.Channels * 16 + number % 16;
            }
            else
            {
                var channels = Panels.Padded(s.Channels);
                pixel = number / channels % pixels;
                Channel = number % channels;
                Sample = number / channels / pixels;
            }
            Row = pixel / width;
            Column = pixel % width;
        }

        [MethodImpl(Inline)]
        public int At(ImagePlaces at, int pixel) => at.At(Sample, Channel, pixel);
    }

    /// <summary>A window along one axis: its first pixel inside the image, its taps there, and its taps that a mean counts.</summary>
    private readonly struct Window
    {
        public readonly int First, Count, Counted;

        [MethodImpl(Inline)]
        private Window(int first, int count, int counted)
        {
            First = first;
            Count = count;
            Counted = counted;
        }

        [MethodImpl(Inline)]
        public static Window Of(int window, ImageShape s, bool isColumn) => isColumn
            ? Of(window, s.Width, s.OutWidth, s.KernelWidth, s.StrideX, s.Left, s.Right, s.DilationX, s.Divisor)
            : Of(window, s.Height, s.OutHeight, s.KernelHeight, s.StrideY, s.Top, s.Bottom, s.DilationY, s.Divisor);

        [MethodImpl(Inline)]
        private static Window Of(int window, int size, int windows, int kernel, int stride, int before, int after, int dilation, PoolDivisor divisor)
        {
            int first, count, counted;
            if (kernel == 0)
            {
                first = window * size / windows;
                count = ((window + 1) * size + windows - 1) / windows - first;
                counted = count;
            }
            else
            {
                first = FirstOf(window * stride - before, dilation);
                count = CountOf(window * stride - before, size, kernel, dilation);
                counted = divisor == PoolDivisor.Padded ? CountOf(window * stride, before + size + after, kernel, dilation) : count;
            }
            return new(first, count, counted);
        }

        [MethodImpl(Inline)]
        private static int Skipped(int at, int dilation) => at >= 0 ? 0 : (dilation - 1 - at) / dilation;

        [MethodImpl(Inline)]
        private static int FirstOf(int at, int dilation) => at + Skipped(at, dilation) * dilation;

        [MethodImpl(Inline)]
        private static int CountOf(int at, int size, int kernel, int dilation)
        {
            int skipped = Skipped(at, dilation), first = at + skipped * dilation;
            return IntrinsicMath.Max(0, IntrinsicMath.Min(kernel - skipped, first >= size ? 0 : (size - 1 - first) / dilation + 1));
        }

        /// <summary>The number of the tap that meets a pixel, among those inside the image; negative if none does.</summary>
        [MethodImpl(Inline)]
        public int TapOf(int pixel, int dilation)
        {
            var distance = pixel - First;
            return distance < 0 || distance % dilation != 0 || distance / dilation >= Count ? -1 : distance / dilation;
        }
    }

    /// <summary>The windows along one axis that a pixel may lie in.</summary>
    private readonly struct Windows
    {
        public readonly int First, End;

        [MethodImpl(Inline)]
        private Windows(int first, int end)
        {
            First = first;
            End = end;
        }

        [MethodImpl(Inline)]
        public static Windows Of(int pixel, ImageShape s, bool isColumn) => isColumn
            ? Of(pixel, s.Width, s.OutWidth, s.KernelWidth, s.StrideX, s.Left, s.DilationX)
            : Of(pixel, s.Height, s.OutHeight, s.KernelHeight, s.StrideY, s.Top, s.DilationY);

        [MethodImpl(Inline)]
        private static Windows Of(int pixel, int size, int windows, int kernel, int stride, int before, int dilation)
        {
            if (kernel == 0) return new(IntrinsicMath.Max(0, pixel * windows / size - 1), IntrinsicMath.Min(windows, (pixel + 1) * windows / size + 2));
            var at = pixel + before - (kernel - 1) * dilation;
            return new(at <= 0 ? 0 : (at + stride - 1) / stride, IntrinsicMath.Min(windows, (pixel + before) / stride + 1));
        }
    }
}
