using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// The register tiles of convolutions, R channels by P pixels: at each tap and channel in, P registers of x meet R
/// broadcast weights. They differ in R and P alone; the accumulators must be locals, so the lines are written out.
/// </summary>
public static unsafe partial class ImageTiles
{
    /// <summary>How a tile walks its operands, in floats.</summary>
    private struct Taps
    {
        /// <summary>In x: from a tap row to the next, from a tap column to the next, from a channel to the next, from a target pixel to the next.</summary>
        public nint TapRow, TapColumn, Plane, Pixel;

        /// <summary>In w: from a tap row, tap column and channel to the next.</summary>
        public nint WTapRow, WTapColumn, WRow;

        /// <summary>In y: from a channel and a target pixel to the next.</summary>
        public nint OutPlane, OutPixel;

        /// <summary>Channels in.</summary>
        public int Channels;
    }

    /// <summary>Ends a segment: the first one is the sum so far, the others are added to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(float* y, V v, bool first) where V : struct, IVector<V> => (first ? v : V.Load(y) + v).Store(y);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile8x3<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero, y12 = V.Zero;
        V y20 = V.Zero, y21 = V.Zero, y22 = V.Zero;
        V y30 = V.Zero, y31 = V.Zero, y32 = V.Zero;
        V y40 = V.Zero, y41 = V.Zero, y42 = V.Zero;
        V y50 = V.Zero, y51 = V.Zero, y52 = V.Zero;
        V y60 = V.Zero, y61 = V.Zero, y62 = V.Zero;
        V y70 = V.Zero, y71 = V.Zero, y72 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11); y12 = V.MultiplyAdd(v, x2, y12);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20); y21 = V.MultiplyAdd(v, x1, y21); y22 = V.MultiplyAdd(v, x2, y22);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30); y31 = V.MultiplyAdd(v, x1, y31); y32 = V.MultiplyAdd(v, x2, y32);
                    v = V.Broadcast(wAt[4]); y40 = V.MultiplyAdd(v, x0, y40); y41 = V.MultiplyAdd(v, x1, y41); y42 = V.MultiplyAdd(v, x2, y42);
                    v = V.Broadcast(wAt[5]); y50 = V.MultiplyAdd(v, x0, y50); y51 = V.MultiplyAdd(v, x1, y51); y52 = V.MultiplyAdd(v, x2, y52);
                    v = V.Broadcast(wAt[6]); y60 = V.MultiplyAdd(v, x0, y60); y61 = V.MultiplyAdd(v, x1, y61); y62 = V.MultiplyAdd(v, x2, y62);
                    v = V.Broadcast(wAt[7]); y70 = V.MultiplyAdd(v, x0, y70); y71 = V.MultiplyAdd(v, x1, y71); y72 = V.MultiplyAdd(v, x2, y72);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + s.OutPlane + 2 * s.OutPixel, y12, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 2 * s.OutPlane + s.OutPixel, y21, first);
        Put(y + 2 * s.OutPlane + 2 * s.OutPixel, y22, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 3 * s.OutPlane + s.OutPixel, y31, first);
        Put(y + 3 * s.OutPlane + 2 * s.OutPixel, y32, first);
        Put(y + 4 * s.OutPlane, y40, first);
        Put(y + 4 * s.OutPlane + s.OutPixel, y41, first);
        Put(y + 4 * s.OutPlane + 2 * s.OutPixel, y42, first);
        Put(y + 5 * s.OutPlane, y50, first);
        Put(y + 5 * s.OutPlane + s.OutPixel, y51, first);
        Put(y + 5 * s.OutPlane + 2 * s.OutPixel, y52, first);
        Put(y + 6 * s.OutPlane, y60, first);
        Put(y + 6 * s.OutPlane + s.OutPixel, y61, first);
        Put(y + 6 * s.OutPlane + 2 * s.OutPixel, y62, first);
        Put(y + 7 * s.OutPlane, y70, first);
        Put(y + 7 * s.OutPlane + s.OutPixel, y71, first);
        Put(y + 7 * s.OutPlane + 2 * s.OutPixel, y72, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile8x1<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero;
        V y10 = V.Zero;
        V y20 = V.Zero;
        V y30 = V.Zero;
        V y40 = V.Zero;
        V y50 = V.Zero;
        V y60 = V.Zero;
        V y70 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30);
                    v = V.Broadcast(wAt[4]); y40 = V.MultiplyAdd(v, x0, y40);
                    v = V.Broadcast(wAt[5]); y50 = V.MultiplyAdd(v, x0, y50);
                    v = V.Broadcast(wAt[6]); y60 = V.MultiplyAdd(v, x0, y60);
                    v = V.Broadcast(wAt[7]); y70 = V.MultiplyAdd(v, x0, y70);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 4 * s.OutPlane, y40, first);
        Put(y + 5 * s.OutPlane, y50, first);
        Put(y + 6 * s.OutPlane, y60, first);
        Put(y + 7 * s.OutPlane, y70, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile6x4<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero, y03 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero, y12 = V.Zero, y13 = V.Zero;
        V y20 = V.Zero, y21 = V.Zero, y22 = V.Zero, y23 = V.Zero;
        V y30 = V.Zero, y31 = V.Zero, y32 = V.Zero, y33 = V.Zero;
        V y40 = V.Zero, y41 = V.Zero, y42 = V.Zero, y43 = V.Zero;
        V y50 = V.Zero, y51 = V.Zero, y52 = V.Zero, y53 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel), x3 = V.Load(xAt + 3 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02); y03 = V.MultiplyAdd(v, x3, y03);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11); y12 = V.MultiplyAdd(v, x2, y12); y13 = V.MultiplyAdd(v, x3, y13);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20); y21 = V.MultiplyAdd(v, x1, y21); y22 = V.MultiplyAdd(v, x2, y22); y23 = V.MultiplyAdd(v, x3, y23);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30); y31 = V.MultiplyAdd(v, x1, y31); y32 = V.MultiplyAdd(v, x2, y32); y33 = V.MultiplyAdd(v, x3, y33);
                    v = V.Broadcast(wAt[4]); y40 = V.MultiplyAdd(v, x0, y40); y41 = V.MultiplyAdd(v, x1, y41); y42 = V.MultiplyAdd(v, x2, y42); y43 = V.MultiplyAdd(v, x3, y43);
                    v = V.Broadcast(wAt[5]); y50 = V.MultiplyAdd(v, x0, y50); y51 = V.MultiplyAdd(v, x1, y51); y52 = V.MultiplyAdd(v, x2, y52); y53 = V.MultiplyAdd(v, x3, y53);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + 3 * s.OutPixel, y03, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + s.OutPlane + 2 * s.OutPixel, y12, first);
        Put(y + s.OutPlane + 3 * s.OutPixel, y13, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 2 * s.OutPlane + s.OutPixel, y21, first);
        Put(y + 2 * s.OutPlane + 2 * s.OutPixel, y22, first);
        Put(y + 2 * s.OutPlane + 3 * s.OutPixel, y23, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 3 * s.OutPlane + s.OutPixel, y31, first);
        Put(y + 3 * s.OutPlane + 2 * s.OutPixel, y32, first);
        Put(y + 3 * s.OutPlane + 3 * s.OutPixel, y33, first);
        Put(y + 4 * s.OutPlane, y40, first);
        Put(y + 4 * s.OutPlane + s.OutPixel, y41, first);
        Put(y + 4 * s.OutPlane + 2 * s.OutPixel, y42, first);
        Put(y + 4 * s.OutPlane + 3 * s.OutPixel, y43, first);
        Put(y + 5 * s.OutPlane, y50, first);
        Put(y + 5 * s.OutPlane + s.OutPixel, y51, first);
        Put(y + 5 * s.OutPlane + 2 * s.OutPixel, y52, first);
        Put(y + 5 * s.OutPlane + 3 * s.OutPixel, y53, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile6x2<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero;
        V y20 = V.Zero, y21 = V.Zero;
        V y30 = V.Zero, y31 = V.Zero;
        V y40 = V.Zero, y41 = V.Zero;
        V y50 = V.Zero, y51 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20); y21 = V.MultiplyAdd(v, x1, y21);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30); y31 = V.MultiplyAdd(v, x1, y31);
                    v = V.Broadcast(wAt[4]); y40 = V.MultiplyAdd(v, x0, y40); y41 = V.MultiplyAdd(v, x1, y41);
                    v = V.Broadcast(wAt[5]); y50 = V.MultiplyAdd(v, x0, y50); y51 = V.MultiplyAdd(v, x1, y51);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 2 * s.OutPlane + s.OutPixel, y21, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 3 * s.OutPlane + s.OutPixel, y31, first);
        Put(y + 4 * s.OutPlane, y40, first);
        Put(y + 4 * s.OutPlane + s.OutPixel, y41, first);
        Put(y + 5 * s.OutPlane, y50, first);
        Put(y + 5 * s.OutPlane + s.OutPixel, y51, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile6x1<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero;
        V y10 = V.Zero;
        V y20 = V.Zero;
        V y30 = V.Zero;
        V y40 = V.Zero;
        V y50 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30);
                    v = V.Broadcast(wAt[4]); y40 = V.MultiplyAdd(v, x0, y40);
                    v = V.Broadcast(wAt[5]); y50 = V.MultiplyAdd(v, x0, y50);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 4 * s.OutPlane, y40, first);
        Put(y + 5 * s.OutPlane, y50, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x6<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero, y03 = V.Zero, y04 = V.Zero, y05 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero, y12 = V.Zero, y13 = V.Zero, y14 = V.Zero, y15 = V.Zero;
        V y20 = V.Zero, y21 = V.Zero, y22 = V.Zero, y23 = V.Zero, y24 = V.Zero, y25 = V.Zero;
        V y30 = V.Zero, y31 = V.Zero, y32 = V.Zero, y33 = V.Zero, y34 = V.Zero, y35 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel), x3 = V.Load(xAt + 3 * pixel), x4 = V.Load(xAt + 4 * pixel), x5 = V.Load(xAt + 5 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02); y03 = V.MultiplyAdd(v, x3, y03); y04 = V.MultiplyAdd(v, x4, y04); y05 = V.MultiplyAdd(v, x5, y05);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11); y12 = V.MultiplyAdd(v, x2, y12); y13 = V.MultiplyAdd(v, x3, y13); y14 = V.MultiplyAdd(v, x4, y14); y15 = V.MultiplyAdd(v, x5, y15);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20); y21 = V.MultiplyAdd(v, x1, y21); y22 = V.MultiplyAdd(v, x2, y22); y23 = V.MultiplyAdd(v, x3, y23); y24 = V.MultiplyAdd(v, x4, y24); y25 = V.MultiplyAdd(v, x5, y25);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30); y31 = V.MultiplyAdd(v, x1, y31); y32 = V.MultiplyAdd(v, x2, y32); y33 = V.MultiplyAdd(v, x3, y33); y34 = V.MultiplyAdd(v, x4, y34); y35 = V.MultiplyAdd(v, x5, y35);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + 3 * s.OutPixel, y03, first);
        Put(y + 4 * s.OutPixel, y04, first);
        Put(y + 5 * s.OutPixel, y05, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + s.OutPlane + 2 * s.OutPixel, y12, first);
        Put(y + s.OutPlane + 3 * s.OutPixel, y13, first);
        Put(y + s.OutPlane + 4 * s.OutPixel, y14, first);
        Put(y + s.OutPlane + 5 * s.OutPixel, y15, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 2 * s.OutPlane + s.OutPixel, y21, first);
        Put(y + 2 * s.OutPlane + 2 * s.OutPixel, y22, first);
        Put(y + 2 * s.OutPlane + 3 * s.OutPixel, y23, first);
        Put(y + 2 * s.OutPlane + 4 * s.OutPixel, y24, first);
        Put(y + 2 * s.OutPlane + 5 * s.OutPixel, y25, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 3 * s.OutPlane + s.OutPixel, y31, first);
        Put(y + 3 * s.OutPlane + 2 * s.OutPixel, y32, first);
        Put(y + 3 * s.OutPlane + 3 * s.OutPixel, y33, first);
        Put(y + 3 * s.OutPlane + 4 * s.OutPixel, y34, first);
        Put(y + 3 * s.OutPlane + 5 * s.OutPixel, y35, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x3<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero, y12 = V.Zero;
        V y20 = V.Zero, y21 = V.Zero, y22 = V.Zero;
        V y30 = V.Zero, y31 = V.Zero, y32 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11); y12 = V.MultiplyAdd(v, x2, y12);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20); y21 = V.MultiplyAdd(v, x1, y21); y22 = V.MultiplyAdd(v, x2, y22);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30); y31 = V.MultiplyAdd(v, x1, y31); y32 = V.MultiplyAdd(v, x2, y32);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + s.OutPlane + 2 * s.OutPixel, y12, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 2 * s.OutPlane + s.OutPixel, y21, first);
        Put(y + 2 * s.OutPlane + 2 * s.OutPixel, y22, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 3 * s.OutPlane + s.OutPixel, y31, first);
        Put(y + 3 * s.OutPlane + 2 * s.OutPixel, y32, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x2<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero;
        V y20 = V.Zero, y21 = V.Zero;
        V y30 = V.Zero, y31 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20); y21 = V.MultiplyAdd(v, x1, y21);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30); y31 = V.MultiplyAdd(v, x1, y31);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 2 * s.OutPlane + s.OutPixel, y21, first);
        Put(y + 3 * s.OutPlane, y30, first);
        Put(y + 3 * s.OutPlane + s.OutPixel, y31, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile4x1<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero;
        V y10 = V.Zero;
        V y20 = V.Zero;
        V y30 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10);
                    v = V.Broadcast(wAt[2]); y20 = V.MultiplyAdd(v, x0, y20);
                    v = V.Broadcast(wAt[3]); y30 = V.MultiplyAdd(v, x0, y30);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + 2 * s.OutPlane, y20, first);
        Put(y + 3 * s.OutPlane, y30, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile2x8<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero, y03 = V.Zero, y04 = V.Zero, y05 = V.Zero, y06 = V.Zero, y07 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero, y12 = V.Zero, y13 = V.Zero, y14 = V.Zero, y15 = V.Zero, y16 = V.Zero, y17 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel), x3 = V.Load(xAt + 3 * pixel), x4 = V.Load(xAt + 4 * pixel), x5 = V.Load(xAt + 5 * pixel), x6 = V.Load(xAt + 6 * pixel), x7 = V.Load(xAt + 7 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02); y03 = V.MultiplyAdd(v, x3, y03); y04 = V.MultiplyAdd(v, x4, y04); y05 = V.MultiplyAdd(v, x5, y05); y06 = V.MultiplyAdd(v, x6, y06); y07 = V.MultiplyAdd(v, x7, y07);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11); y12 = V.MultiplyAdd(v, x2, y12); y13 = V.MultiplyAdd(v, x3, y13); y14 = V.MultiplyAdd(v, x4, y14); y15 = V.MultiplyAdd(v, x5, y15); y16 = V.MultiplyAdd(v, x6, y16); y17 = V.MultiplyAdd(v, x7, y17);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + 3 * s.OutPixel, y03, first);
        Put(y + 4 * s.OutPixel, y04, first);
        Put(y + 5 * s.OutPixel, y05, first);
        Put(y + 6 * s.OutPixel, y06, first);
        Put(y + 7 * s.OutPixel, y07, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + s.OutPlane + 2 * s.OutPixel, y12, first);
        Put(y + s.OutPlane + 3 * s.OutPixel, y13, first);
        Put(y + s.OutPlane + 4 * s.OutPixel, y14, first);
        Put(y + s.OutPlane + 5 * s.OutPixel, y15, first);
        Put(y + s.OutPlane + 6 * s.OutPixel, y16, first);
        Put(y + s.OutPlane + 7 * s.OutPixel, y17, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile2x4<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero, y03 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero, y12 = V.Zero, y13 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel), x3 = V.Load(xAt + 3 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02); y03 = V.MultiplyAdd(v, x3, y03);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11); y12 = V.MultiplyAdd(v, x2, y12); y13 = V.MultiplyAdd(v, x3, y13);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + 3 * s.OutPixel, y03, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
        Put(y + s.OutPlane + 2 * s.OutPixel, y12, first);
        Put(y + s.OutPlane + 3 * s.OutPixel, y13, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile2x2<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero;
        V y10 = V.Zero, y11 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10); y11 = V.MultiplyAdd(v, x1, y11);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + s.OutPlane, y10, first);
        Put(y + s.OutPlane + s.OutPixel, y11, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile2x1<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero;
        V y10 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00);
                    v = V.Broadcast(wAt[1]); y10 = V.MultiplyAdd(v, x0, y10);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPlane, y10, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1x8<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero, y03 = V.Zero, y04 = V.Zero, y05 = V.Zero, y06 = V.Zero, y07 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel), x3 = V.Load(xAt + 3 * pixel), x4 = V.Load(xAt + 4 * pixel), x5 = V.Load(xAt + 5 * pixel), x6 = V.Load(xAt + 6 * pixel), x7 = V.Load(xAt + 7 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02); y03 = V.MultiplyAdd(v, x3, y03); y04 = V.MultiplyAdd(v, x4, y04); y05 = V.MultiplyAdd(v, x5, y05); y06 = V.MultiplyAdd(v, x6, y06); y07 = V.MultiplyAdd(v, x7, y07);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + 3 * s.OutPixel, y03, first);
        Put(y + 4 * s.OutPixel, y04, first);
        Put(y + 5 * s.OutPixel, y05, first);
        Put(y + 6 * s.OutPixel, y06, first);
        Put(y + 7 * s.OutPixel, y07, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1x4<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero, y02 = V.Zero, y03 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel), x2 = V.Load(xAt + 2 * pixel), x3 = V.Load(xAt + 3 * pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01); y02 = V.MultiplyAdd(v, x2, y02); y03 = V.MultiplyAdd(v, x3, y03);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
        Put(y + 2 * s.OutPixel, y02, first);
        Put(y + 3 * s.OutPixel, y03, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1x2<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero, y01 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow, pixel = s.Pixel;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + pixel);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00); y01 = V.MultiplyAdd(v, x1, y01);
                }
            }
        }
        Put(y, y00, first);
        Put(y + s.OutPixel, y01, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile1x1<V>(in Taps s, float* x, float* w, float* y, int rows, int columns, bool first) where V : struct, IVector<V>
    {
        V y00 = V.Zero;
        nint plane = s.Plane, wRow = s.WRow;
        for (; rows > 0; rows--, x += s.TapRow, w += s.WTapRow)
        {
            float* xTap = x, wTap = w;
            for (var column = columns; column > 0; column--, xTap += s.TapColumn, wTap += s.WTapColumn)
            {
                float* xAt = xTap, wAt = wTap;
                for (var channel = s.Channels; channel > 0; channel--, xAt += plane, wAt += wRow)
                {
                    V x0 = V.Load(xAt);
                    var v = V.Broadcast(wAt[0]); y00 = V.MultiplyAdd(v, x0, y00);
                }
            }
        }
        Put(y, y00, first);
    }
}
