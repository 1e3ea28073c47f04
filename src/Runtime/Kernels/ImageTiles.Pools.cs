using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>Pools: a window over each channel by itself.</summary>
public static unsafe partial class ImageTiles
{
    /// <summary>The maximum over each window; padding never wins.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="y">Gets [Channels][OutHeight][OutWidth][16].</param>
    /// <param name="s">The geometry.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxPool<V>(float* x, float* y, in ImageShape s) where V : struct, IVector<V>
    {
        for (var window = new Window(s); window.Next(s); )
            for (var part = 0; part < Lanes; part += V.Count, y += V.Count)
            {
                var taps = x + window.X + part;
                var best = window.IsEmpty ? V.Broadcast(float.NegativeInfinity) : V.Load(taps);
                for (var u = 0; u < window.Rows; u++)
                    for (var v = 0; v < window.Columns; v++) best = V.Max(V.Load(taps + u * window.TapRow + v * window.TapColumn), best);
                best.Store(y);
            }
    }

    /// <summary>dx: each dy goes to the first maximum of its window, in the order of the windows.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="dy">[Channels][OutHeight][OutWidth][16].</param>
    /// <param name="dx">Gets [Channels][Height][Width][16].</param>
    /// <param name="s">The geometry.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxPoolGradient<V>(float* x, float* dy, float* dx, in ImageShape s) where V : struct, IVector<V>
    {
        Clear<V>(dx, s);
        for (var window = new Window(s); window.Next(s); )
            for (var part = 0; part < Lanes; part += V.Count, dy += V.Count)
            {
                var taps = x + window.X + part;
                var targets = dx + window.X + part;
                V best = window.IsEmpty ? V.Zero : V.Load(taps), place = V.Zero;
                for (var u = 0; u < window.Rows; u++)
                    for (var v = 0; v < window.Columns; v++)
                    {
                        var value = V.Load(taps + u * window.TapRow + v * window.TapColumn);
                        place = V.SelectGreater(value, best, V.Broadcast(u * window.Columns + v), place);
                        best = V.Max(value, best);
                    }
                var gradient = V.Load(dy);
                for (var u = 0; u < window.Rows; u++)
                    for (var v = 0; v < window.Columns; v++)
                    {
                        var target = targets + u * window.TapRow + v * window.TapColumn;
                        (V.Load(target) + V.SelectEqual(place, V.Broadcast(u * window.Columns + v), gradient, V.Zero)).Store(target);
                    }
            }
    }

    /// <summary>For each window, v at the place of the first maximum of x.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="v">[Channels][Height][Width][16].</param>
    /// <param name="y">Gets [Channels][OutHeight][OutWidth][16].</param>
    /// <param name="s">The geometry.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaxPoolGather<V>(float* x, float* v, float* y, in ImageShape s) where V : struct, IVector<V>
    {
        for (var window = new Window(s); window.Next(s); )
            for (var part = 0; part < Lanes; part += V.Count, y += V.Count)
            {
                float* taps = x + window.X + part, values = v + window.X + part;
                V best = window.IsEmpty ? V.Zero : V.Load(taps), picked = window.IsEmpty ? V.Zero : V.Load(values);
                for (var row = 0; row < window.Rows; row++)
                    for (var column = 0; column < window.Columns; column++)
                    {
                        var at = row * window.TapRow + column * window.TapColumn;
                        var value = V.Load(taps + at);
                        picked = V.SelectGreater(value, best, V.Load(values + at), picked);
                        best = V.Max(value, best);
                    }
                picked.Store(y);
            }
    }

    /// <summary>The mean over each window, padding counted as zeros.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Channels][Height][Width][16].</param>
    /// <param name="y">Gets [Channels][OutHeight][OutWidth][16].</param>
    /// <param name="s">The geometry.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePool<V>(float* x, float* y, in ImageShape s) where V : struct, IVector<V>
    {
        var count = V.Broadcast(s.KernelHeight * s.KernelWidth);
        for (var window = new Window(s); window.Next(s); )
            for (var part = 0; part < Lanes; part += V.Count, y += V.Count)
            {
                var taps = x + window.X + part;
                V sum = V.Zero, segment = V.Zero;
                var terms = 0;
                for (var u = 0; u < window.Rows; u++)
                    for (var v = 0; v < window.Columns; v++)
                    {
                        segment += V.Load(taps + u * window.TapRow + v * window.TapColumn);
                        if (++terms % Segment != 0) continue;
                        sum += segment;
                        segment = V.Zero;
                    }
                ((sum + segment) / count).Store(y);
            }
    }

    /// <summary>dx: every pixel gets its share of each window it lies in, in the order of the windows.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">[Channels][OutHeight][OutWidth][16].</param>
    /// <param name="dx">Gets [Channels][Height][Width][16].</param>
    /// <param name="s">The geometry.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AveragePoolGradient<V>(float* dy, float* dx, in ImageShape s) where V : struct, IVector<V>
    {
        Clear<V>(dx, s);
        var count = V.Broadcast(s.KernelHeight * s.KernelWidth);
        for (var window = new Window(s); window.Next(s); )
            for (var part = 0; part < Lanes; part += V.Count, dy += V.Count)
            {
                var share = V.Load(dy) / count;
                for (var u = 0; u < window.Rows; u++)
                    for (var v = 0; v < window.Columns; v++)
                    {
                        var target = dx + window.X + part + u * window.TapRow + v * window.TapColumn;
                        (V.Load(target) + share).Store(target);
                    }
            }
    }

    private static void Clear<V>(float* image, in ImageShape s) where V : struct, IVector<V>
    {
        var floats = (nint)s.Channels * s.Height * s.Width * Lanes;
        for (nint i = 0; i < floats; i += V.Count) V.Zero.Store(image + i);
    }

    /// <summary>Walks the windows of all channels in row-major order, each clipped to the image.</summary>
    private struct Window
    {
        /// <summary>Where the first tap inside the image lies, and the distances from a tap row and tap column to the next, in floats.</summary>
        public nint X, TapRow, TapColumn;

        /// <summary>Taps inside the image.</summary>
        public int Rows, Columns;

        /// <summary>Whether all taps are padding.</summary>
        public readonly bool IsEmpty => Rows == 0 || Columns == 0;

        private int channel, row, column, top;

        public Window(in ImageShape s)
        {
            TapRow = (nint)s.DilationY * s.Width * Lanes;
            TapColumn = s.DilationX * Lanes;
            (row, column) = (-1, s.OutWidth - 1);
        }

        public bool Next(in ImageShape s)
        {
            if (++column == s.OutWidth)
            {
                column = 0;
                if (++row == s.OutHeight)
                {
                    row = 0;
                    channel++;
                }
                Clip(row * s.StrideY - s.Top, s.Height, s.KernelHeight, s.DilationY, out top, out Rows);
            }
            if (channel == s.Channels) return false;
            Clip(column * s.StrideX - s.Left, s.Width, s.KernelWidth, s.DilationX, out var left, out Columns);
            X = (((nint)channel * s.Height + top) * s.Width + left) * Lanes;
            return true;
        }

        /// <summary>The first pixel inside the image and the number of taps there.</summary>
        private static void Clip(int at, int size, int kernel, int dilation, out int first, out int count)
        {
            var skipped = at >= 0 ? 0 : (-at + dilation - 1) / dilation;
            first = at + skipped * dilation;
            count = Math.Max(0, Math.Min(kernel - skipped, first >= size ? 0 : (size - 1 - first) / dilation + 1));
        }
    }
}
