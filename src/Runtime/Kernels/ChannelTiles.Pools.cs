namespace Kiln.Kernels;

/// <summary>Pools: those of <see cref="ImageTiles"/>, of 16 channels at a time. Of a single sample, idle helpers take a part of the channels.</summary>
public static unsafe partial class ChannelTiles
{
    /// <summary>Numbers of an image from which on several threads are faster than one.</summary>
    private const int PoolWorthSharing = 64 * 1024;

    /// <summary>The maximum over each window; padding never wins.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Height][Width][Channels, padded to 16].</param>
    /// <param name="y">Gets [OutHeight][OutWidth][Channels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    public static void MaxPool<V>(float* x, float* y, in ImageShape s) where V : struct, IVector<V> => Share(&MaxPoolPiece<V>, x, y, null, s);

    /// <summary>dx: each dy goes to the first maximum of its window, in the order of the windows.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Height][Width][Channels, padded to 16].</param>
    /// <param name="dy">[OutHeight][OutWidth][Channels, padded to 16].</param>
    /// <param name="dx">Gets [Height][Width][Channels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    public static void MaxPoolGradient<V>(float* x, float* dy, float* dx, in ImageShape s) where V : struct, IVector<V> => Share(&MaxPoolGradientPiece<V>, x, dy, dx, s);

    /// <summary>For each window, v at the place of the first maximum of x.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Height][Width][Channels, padded to 16].</param>
    /// <param name="v">[Height][Width][Channels, padded to 16].</param>
    /// <param name="y">Gets [OutHeight][OutWidth][Channels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    public static void MaxPoolGather<V>(float* x, float* v, float* y, in ImageShape s) where V : struct, IVector<V> => Share(&MaxPoolGatherPiece<V>, x, v, y, s);

    /// <summary>The mean over each window, padding counted as zeros.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="x">[Height][Width][Channels, padded to 16].</param>
    /// <param name="y">Gets [OutHeight][OutWidth][Channels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    public static void AveragePool<V>(float* x, float* y, in ImageShape s) where V : struct, IVector<V> => Share(&AveragePoolPiece<V>, x, y, null, s);

    /// <summary>dx: every pixel gets its share of each window it lies in, in the order of the windows.</summary>
    /// <typeparam name="V">Register.</typeparam>
    /// <param name="dy">[OutHeight][OutWidth][Channels, padded to 16].</param>
    /// <param name="dx">Gets [Height][Width][Channels, padded to 16].</param>
    /// <param name="s">The geometry.</param>
    public static void AveragePoolGradient<V>(float* dy, float* dx, in ImageShape s) where V : struct, IVector<V> => Share(&AveragePoolGradientPiece<V>, dy, dx, null, s);

    private struct PoolWork
    {
        public float* A, B, C;
        public ImageShape* Shape;

        public static PoolWork Of(void* work, int first, int last, out ImageTiles.Planes planes)
        {
            var pool = *(PoolWork*)work;
            planes = ImageTiles.Planes.OfChannels(*pool.Shape);
            (planes.First, planes.Last) = (first, last);
            return pool;
        }
    }

    private static void Share(delegate*<void*, int, int, void> piece, float* a, float* b, float* c, in ImageShape s)
    {
        fixed (ImageShape* shape = &s)
        {
            var work = new PoolWork { A = a, B = b, C = c, Shape = shape };
            var planes = ImageTiles.Planes.OfChannels(s).Last;
            if ((long)s.Height * s.Width * s.Channels < PoolWorthSharing || !Workers.TryShare(piece, &work, planes, isLong: false)) piece(&work, 0, planes);
        }
    }

    private static void MaxPoolPiece<V>(void* work, int first, int last) where V : struct, IVector<V>
    {
        var pool = PoolWork.Of(work, first, last, out var planes);
        ImageTiles.MaxPool<V>(pool.A, pool.B, *pool.Shape, planes);
    }

    private static void MaxPoolGradientPiece<V>(void* work, int first, int last) where V : struct, IVector<V>
    {
        var pool = PoolWork.Of(work, first, last, out var planes);
        ImageTiles.MaxPoolGradient<V>(pool.A, pool.B, pool.C, *pool.Shape, planes);
    }

    private static void MaxPoolGatherPiece<V>(void* work, int first, int last) where V : struct, IVector<V>
    {
        var pool = PoolWork.Of(work, first, last, out var planes);
        ImageTiles.MaxPoolGather<V>(pool.A, pool.B, pool.C, *pool.Shape, planes);
    }

    private static void AveragePoolPiece<V>(void* work, int first, int last) where V : struct, IVector<V>
    {
        var pool = PoolWork.Of(work, first, last, out var planes);
        ImageTiles.AveragePool<V>(pool.A, pool.B, *pool.Shape, planes);
    }

    private static void AveragePoolGradientPiece<V>(void* work, int first, int last) where V : struct, IVector<V>
    {
        var pool = PoolWork.Of(work, first, last, out var planes);
        ImageTiles.AveragePoolGradient<V>(pool.A, pool.B, *pool.Shape, planes);
    }
}
