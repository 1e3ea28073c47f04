using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// The register tiles of weight gradients: T taps side by side by P channels out, each a chain over pixels that goes on where
/// the last call left it. They differ in T and P alone; the accumulators must be locals, so the lines are written out.
/// </summary>
public static unsafe partial class ImageTiles
{
    /// <summary>How a tile walks pixels, in floats where nothing else is said.</summary>
    private struct Pixels
    {
        /// <summary>In x: from an output row to the next, from an output pixel to the next, from a tap to the next.</summary>
        public nint Row, Pixel, Tap;

        /// <summary>In dy: from a row to the next, from a channel to the next.</summary>
        public nint DyRow, Plane;

        /// <summary>Output pixels of a row, and those of them where all taps of the tile lie in the image.</summary>
        public int Columns, InnerFrom, InnerTo;

        /// <summary>Pixels of an image row, between neighbouring windows, and between taps.</summary>
        public int Width, Stride, Dilation;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient5x4<V>(in Pixels s, float* x, float* dy, float* sums, int rows, int left) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16), w02 = V.Load(sums + 32), w03 = V.Load(sums + 48);
        V w10 = V.Load(sums + 64), w11 = V.Load(sums + 80), w12 = V.Load(sums + 96), w13 = V.Load(sums + 112);
        V w20 = V.Load(sums + 128), w21 = V.Load(sums + 144), w22 = V.Load(sums + 160), w23 = V.Load(sums + 176);
        V w30 = V.Load(sums + 192), w31 = V.Load(sums + 208), w32 = V.Load(sums + 224), w33 = V.Load(sums + 240);
        V w40 = V.Load(sums + 256), w41 = V.Load(sums + 272), w42 = V.Load(sums + 288), w43 = V.Load(sums + 304);
        nint pixel = s.Pixel, plane = s.Plane;
        var tap = s.Tap;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            var end = s.InnerFrom;
            for (int column = 0, at = left; ; end = s.Columns)
            {
                for (; column < end; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V d0 = V.Load(dyAt), d1 = V.Load(dyAt + plane), d2 = V.Load(dyAt + 2 * plane), d3 = V.Load(dyAt + 3 * plane);
                    if ((uint)(at) < (uint)s.Width)
                    {
                        var v = V.Load(xAt); w00 = V.MultiplyAdd(v, d0, w00); w01 = V.MultiplyAdd(v, d1, w01); w02 = V.MultiplyAdd(v, d2, w02); w03 = V.MultiplyAdd(v, d3, w03);
                    }
                    if ((uint)(at + s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + tap); w10 = V.MultiplyAdd(v, d0, w10); w11 = V.MultiplyAdd(v, d1, w11); w12 = V.MultiplyAdd(v, d2, w12); w13 = V.MultiplyAdd(v, d3, w13);
                    }
                    if ((uint)(at + 2 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 2 * tap); w20 = V.MultiplyAdd(v, d0, w20); w21 = V.MultiplyAdd(v, d1, w21); w22 = V.MultiplyAdd(v, d2, w22); w23 = V.MultiplyAdd(v, d3, w23);
                    }
                    if ((uint)(at + 3 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 3 * tap); w30 = V.MultiplyAdd(v, d0, w30); w31 = V.MultiplyAdd(v, d1, w31); w32 = V.MultiplyAdd(v, d2, w32); w33 = V.MultiplyAdd(v, d3, w33);
                    }
                    if ((uint)(at + 4 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 4 * tap); w40 = V.MultiplyAdd(v, d0, w40); w41 = V.MultiplyAdd(v, d1, w41); w42 = V.MultiplyAdd(v, d2, w42); w43 = V.MultiplyAdd(v, d3, w43);
                    }
                }
                if (column == s.Columns) break;
                for (; column < s.InnerTo; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + tap), x2 = V.Load(xAt + 2 * tap), x3 = V.Load(xAt + 3 * tap), x4 = V.Load(xAt + 4 * tap);
                    var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00); w10 = V.MultiplyAdd(x1, d, w10); w20 = V.MultiplyAdd(x2, d, w20); w30 = V.MultiplyAdd(x3, d, w30); w40 = V.MultiplyAdd(x4, d, w40);
                    d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01); w11 = V.MultiplyAdd(x1, d, w11); w21 = V.MultiplyAdd(x2, d, w21); w31 = V.MultiplyAdd(x3, d, w31); w41 = V.MultiplyAdd(x4, d, w41);
                    d = V.Load(dyAt + 2 * plane); w02 = V.MultiplyAdd(x0, d, w02); w12 = V.MultiplyAdd(x1, d, w12); w22 = V.MultiplyAdd(x2, d, w22); w32 = V.MultiplyAdd(x3, d, w32); w42 = V.MultiplyAdd(x4, d, w42);
                    d = V.Load(dyAt + 3 * plane); w03 = V.MultiplyAdd(x0, d, w03); w13 = V.MultiplyAdd(x1, d, w13); w23 = V.MultiplyAdd(x2, d, w23); w33 = V.MultiplyAdd(x3, d, w33); w43 = V.MultiplyAdd(x4, d, w43);
                }
            }
        }
        w00.Store(sums); w01.Store(sums + 16); w02.Store(sums + 32); w03.Store(sums + 48);
        w10.Store(sums + 64); w11.Store(sums + 80); w12.Store(sums + 96); w13.Store(sums + 112);
        w20.Store(sums + 128); w21.Store(sums + 144); w22.Store(sums + 160); w23.Store(sums + 176);
        w30.Store(sums + 192); w31.Store(sums + 208); w32.Store(sums + 224); w33.Store(sums + 240);
        w40.Store(sums + 256); w41.Store(sums + 272); w42.Store(sums + 288); w43.Store(sums + 304);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient5x2<V>(in Pixels s, float* x, float* dy, float* sums, int rows, int left) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16);
        V w10 = V.Load(sums + 32), w11 = V.Load(sums + 48);
        V w20 = V.Load(sums + 64), w21 = V.Load(sums + 80);
        V w30 = V.Load(sums + 96), w31 = V.Load(sums + 112);
        V w40 = V.Load(sums + 128), w41 = V.Load(sums + 144);
        nint pixel = s.Pixel, plane = s.Plane;
        var tap = s.Tap;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            var end = s.InnerFrom;
            for (int column = 0, at = left; ; end = s.Columns)
            {
                for (; column < end; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V d0 = V.Load(dyAt), d1 = V.Load(dyAt + plane);
                    if ((uint)(at) < (uint)s.Width)
                    {
                        var v = V.Load(xAt); w00 = V.MultiplyAdd(v, d0, w00); w01 = V.MultiplyAdd(v, d1, w01);
                    }
                    if ((uint)(at + s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + tap); w10 = V.MultiplyAdd(v, d0, w10); w11 = V.MultiplyAdd(v, d1, w11);
                    }
                    if ((uint)(at + 2 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 2 * tap); w20 = V.MultiplyAdd(v, d0, w20); w21 = V.MultiplyAdd(v, d1, w21);
                    }
                    if ((uint)(at + 3 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 3 * tap); w30 = V.MultiplyAdd(v, d0, w30); w31 = V.MultiplyAdd(v, d1, w31);
                    }
                    if ((uint)(at + 4 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 4 * tap); w40 = V.MultiplyAdd(v, d0, w40); w41 = V.MultiplyAdd(v, d1, w41);
                    }
                }
                if (column == s.Columns) break;
                for (; column < s.InnerTo; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + tap), x2 = V.Load(xAt + 2 * tap), x3 = V.Load(xAt + 3 * tap), x4 = V.Load(xAt + 4 * tap);
                    var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00); w10 = V.MultiplyAdd(x1, d, w10); w20 = V.MultiplyAdd(x2, d, w20); w30 = V.MultiplyAdd(x3, d, w30); w40 = V.MultiplyAdd(x4, d, w40);
                    d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01); w11 = V.MultiplyAdd(x1, d, w11); w21 = V.MultiplyAdd(x2, d, w21); w31 = V.MultiplyAdd(x3, d, w31); w41 = V.MultiplyAdd(x4, d, w41);
                }
            }
        }
        w00.Store(sums); w01.Store(sums + 16);
        w10.Store(sums + 32); w11.Store(sums + 48);
        w20.Store(sums + 64); w21.Store(sums + 80);
        w30.Store(sums + 96); w31.Store(sums + 112);
        w40.Store(sums + 128); w41.Store(sums + 144);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient5x1<V>(in Pixels s, float* x, float* dy, float* sums, int rows, int left) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums);
        V w10 = V.Load(sums + 16);
        V w20 = V.Load(sums + 32);
        V w30 = V.Load(sums + 48);
        V w40 = V.Load(sums + 64);
        nint pixel = s.Pixel, plane = s.Plane;
        var tap = s.Tap;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            var end = s.InnerFrom;
            for (int column = 0, at = left; ; end = s.Columns)
            {
                for (; column < end; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V d0 = V.Load(dyAt);
                    if ((uint)(at) < (uint)s.Width)
                    {
                        var v = V.Load(xAt); w00 = V.MultiplyAdd(v, d0, w00);
                    }
                    if ((uint)(at + s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + tap); w10 = V.MultiplyAdd(v, d0, w10);
                    }
                    if ((uint)(at + 2 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 2 * tap); w20 = V.MultiplyAdd(v, d0, w20);
                    }
                    if ((uint)(at + 3 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 3 * tap); w30 = V.MultiplyAdd(v, d0, w30);
                    }
                    if ((uint)(at + 4 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 4 * tap); w40 = V.MultiplyAdd(v, d0, w40);
                    }
                }
                if (column == s.Columns) break;
                for (; column < s.InnerTo; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + tap), x2 = V.Load(xAt + 2 * tap), x3 = V.Load(xAt + 3 * tap), x4 = V.Load(xAt + 4 * tap);
                    var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00); w10 = V.MultiplyAdd(x1, d, w10); w20 = V.MultiplyAdd(x2, d, w20); w30 = V.MultiplyAdd(x3, d, w30); w40 = V.MultiplyAdd(x4, d, w40);
                }
            }
        }
        w00.Store(sums);
        w10.Store(sums + 16);
        w20.Store(sums + 32);
        w30.Store(sums + 48);
        w40.Store(sums + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient3x8<V>(in Pixels s, float* x, float* dy, float* sums, int rows, int left) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16), w02 = V.Load(sums + 32), w03 = V.Load(sums + 48), w04 = V.Load(sums + 64), w05 = V.Load(sums + 80), w06 = V.Load(sums + 96), w07 = V.Load(sums + 112);
        V w10 = V.Load(sums + 128), w11 = V.Load(sums + 144), w12 = V.Load(sums + 160), w13 = V.Load(sums + 176), w14 = V.Load(sums + 192), w15 = V.Load(sums + 208), w16 = V.Load(sums + 224), w17 = V.Load(sums + 240);
        V w20 = V.Load(sums + 256), w21 = V.Load(sums + 272), w22 = V.Load(sums + 288), w23 = V.Load(sums + 304), w24 = V.Load(sums + 320), w25 = V.Load(sums + 336), w26 = V.Load(sums + 352), w27 = V.Load(sums + 368);
        nint pixel = s.Pixel, plane = s.Plane;
        var tap = s.Tap;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            var end = s.InnerFrom;
            for (int column = 0, at = left; ; end = s.Columns)
            {
                for (; column < end; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V d0 = V.Load(dyAt), d1 = V.Load(dyAt + plane), d2 = V.Load(dyAt + 2 * plane), d3 = V.Load(dyAt + 3 * plane), d4 = V.Load(dyAt + 4 * plane), d5 = V.Load(dyAt + 5 * plane), d6 = V.Load(dyAt + 6 * plane), d7 = V.Load(dyAt + 7 * plane);
                    if ((uint)(at) < (uint)s.Width)
                    {
                        var v = V.Load(xAt); w00 = V.MultiplyAdd(v, d0, w00); w01 = V.MultiplyAdd(v, d1, w01); w02 = V.MultiplyAdd(v, d2, w02); w03 = V.MultiplyAdd(v, d3, w03); w04 = V.MultiplyAdd(v, d4, w04); w05 = V.MultiplyAdd(v, d5, w05); w06 = V.MultiplyAdd(v, d6, w06); w07 = V.MultiplyAdd(v, d7, w07);
                    }
                    if ((uint)(at + s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + tap); w10 = V.MultiplyAdd(v, d0, w10); w11 = V.MultiplyAdd(v, d1, w11); w12 = V.MultiplyAdd(v, d2, w12); w13 = V.MultiplyAdd(v, d3, w13); w14 = V.MultiplyAdd(v, d4, w14); w15 = V.MultiplyAdd(v, d5, w15); w16 = V.MultiplyAdd(v, d6, w16); w17 = V.MultiplyAdd(v, d7, w17);
                    }
                    if ((uint)(at + 2 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 2 * tap); w20 = V.MultiplyAdd(v, d0, w20); w21 = V.MultiplyAdd(v, d1, w21); w22 = V.MultiplyAdd(v, d2, w22); w23 = V.MultiplyAdd(v, d3, w23); w24 = V.MultiplyAdd(v, d4, w24); w25 = V.MultiplyAdd(v, d5, w25); w26 = V.MultiplyAdd(v, d6, w26); w27 = V.MultiplyAdd(v, d7, w27);
                    }
                }
                if (column == s.Columns) break;
                for (; column < s.InnerTo; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + tap), x2 = V.Load(xAt + 2 * tap);
                    var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00); w10 = V.MultiplyAdd(x1, d, w10); w20 = V.MultiplyAdd(x2, d, w20);
                    d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01); w11 = V.MultiplyAdd(x1, d, w11); w21 = V.MultiplyAdd(x2, d, w21);
                    d = V.Load(dyAt + 2 * plane); w02 = V.MultiplyAdd(x0, d, w02); w12 = V.MultiplyAdd(x1, d, w12); w22 = V.MultiplyAdd(x2, d, w22);
                    d = V.Load(dyAt + 3 * plane); w03 = V.MultiplyAdd(x0, d, w03); w13 = V.MultiplyAdd(x1, d, w13); w23 = V.MultiplyAdd(x2, d, w23);
                    d = V.Load(dyAt + 4 * plane); w04 = V.MultiplyAdd(x0, d, w04); w14 = V.MultiplyAdd(x1, d, w14); w24 = V.MultiplyAdd(x2, d, w24);
                    d = V.Load(dyAt + 5 * plane); w05 = V.MultiplyAdd(x0, d, w05); w15 = V.MultiplyAdd(x1, d, w15); w25 = V.MultiplyAdd(x2, d, w25);
                    d = V.Load(dyAt + 6 * plane); w06 = V.MultiplyAdd(x0, d, w06); w16 = V.MultiplyAdd(x1, d, w16); w26 = V.MultiplyAdd(x2, d, w26);
                    d = V.Load(dyAt + 7 * plane); w07 = V.MultiplyAdd(x0, d, w07); w17 = V.MultiplyAdd(x1, d, w17); w27 = V.MultiplyAdd(x2, d, w27);
                }
            }
        }
        w00.Store(sums); w01.Store(sums + 16); w02.Store(sums + 32); w03.Store(sums + 48); w04.Store(sums + 64); w05.Store(sums + 80); w06.Store(sums + 96); w07.Store(sums + 112);
        w10.Store(sums + 128); w11.Store(sums + 144); w12.Store(sums + 160); w13.Store(sums + 176); w14.Store(sums + 192); w15.Store(sums + 208); w16.Store(sums + 224); w17.Store(sums + 240);
        w20.Store(sums + 256); w21.Store(sums + 272); w22.Store(sums + 288); w23.Store(sums + 304); w24.Store(sums + 320); w25.Store(sums + 336); w26.Store(sums + 352); w27.Store(sums + 368);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient3x4<V>(in Pixels s, float* x, float* dy, float* sums, int rows, int left) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16), w02 = V.Load(sums + 32), w03 = V.Load(sums + 48);
        V w10 = V.Load(sums + 64), w11 = V.Load(sums + 80), w12 = V.Load(sums + 96), w13 = V.Load(sums + 112);
        V w20 = V.Load(sums + 128), w21 = V.Load(sums + 144), w22 = V.Load(sums + 160), w23 = V.Load(sums + 176);
        nint pixel = s.Pixel, plane = s.Plane;
        var tap = s.Tap;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            var end = s.InnerFrom;
            for (int column = 0, at = left; ; end = s.Columns)
            {
                for (; column < end; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V d0 = V.Load(dyAt), d1 = V.Load(dyAt + plane), d2 = V.Load(dyAt + 2 * plane), d3 = V.Load(dyAt + 3 * plane);
                    if ((uint)(at) < (uint)s.Width)
                    {
                        var v = V.Load(xAt); w00 = V.MultiplyAdd(v, d0, w00); w01 = V.MultiplyAdd(v, d1, w01); w02 = V.MultiplyAdd(v, d2, w02); w03 = V.MultiplyAdd(v, d3, w03);
                    }
                    if ((uint)(at + s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + tap); w10 = V.MultiplyAdd(v, d0, w10); w11 = V.MultiplyAdd(v, d1, w11); w12 = V.MultiplyAdd(v, d2, w12); w13 = V.MultiplyAdd(v, d3, w13);
                    }
                    if ((uint)(at + 2 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 2 * tap); w20 = V.MultiplyAdd(v, d0, w20); w21 = V.MultiplyAdd(v, d1, w21); w22 = V.MultiplyAdd(v, d2, w22); w23 = V.MultiplyAdd(v, d3, w23);
                    }
                }
                if (column == s.Columns) break;
                for (; column < s.InnerTo; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + tap), x2 = V.Load(xAt + 2 * tap);
                    var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00); w10 = V.MultiplyAdd(x1, d, w10); w20 = V.MultiplyAdd(x2, d, w20);
                    d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01); w11 = V.MultiplyAdd(x1, d, w11); w21 = V.MultiplyAdd(x2, d, w21);
                    d = V.Load(dyAt + 2 * plane); w02 = V.MultiplyAdd(x0, d, w02); w12 = V.MultiplyAdd(x1, d, w12); w22 = V.MultiplyAdd(x2, d, w22);
                    d = V.Load(dyAt + 3 * plane); w03 = V.MultiplyAdd(x0, d, w03); w13 = V.MultiplyAdd(x1, d, w13); w23 = V.MultiplyAdd(x2, d, w23);
                }
            }
        }
        w00.Store(sums); w01.Store(sums + 16); w02.Store(sums + 32); w03.Store(sums + 48);
        w10.Store(sums + 64); w11.Store(sums + 80); w12.Store(sums + 96); w13.Store(sums + 112);
        w20.Store(sums + 128); w21.Store(sums + 144); w22.Store(sums + 160); w23.Store(sums + 176);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient3x2<V>(in Pixels s, float* x, float* dy, float* sums, int rows, int left) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16);
        V w10 = V.Load(sums + 32), w11 = V.Load(sums + 48);
        V w20 = V.Load(sums + 64), w21 = V.Load(sums + 80);
        nint pixel = s.Pixel, plane = s.Plane;
        var tap = s.Tap;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            var end = s.InnerFrom;
            for (int column = 0, at = left; ; end = s.Columns)
            {
                for (; column < end; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V d0 = V.Load(dyAt), d1 = V.Load(dyAt + plane);
                    if ((uint)(at) < (uint)s.Width)
                    {
                        var v = V.Load(xAt); w00 = V.MultiplyAdd(v, d0, w00); w01 = V.MultiplyAdd(v, d1, w01);
                    }
                    if ((uint)(at + s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + tap); w10 = V.MultiplyAdd(v, d0, w10); w11 = V.MultiplyAdd(v, d1, w11);
                    }
                    if ((uint)(at + 2 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 2 * tap); w20 = V.MultiplyAdd(v, d0, w20); w21 = V.MultiplyAdd(v, d1, w21);
                    }
                }
                if (column == s.Columns) break;
                for (; column < s.InnerTo; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + tap), x2 = V.Load(xAt + 2 * tap);
                    var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00); w10 = V.MultiplyAdd(x1, d, w10); w20 = V.MultiplyAdd(x2, d, w20);
                    d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01); w11 = V.MultiplyAdd(x1, d, w11); w21 = V.MultiplyAdd(x2, d, w21);
                }
            }
        }
        w00.Store(sums); w01.Store(sums + 16);
        w10.Store(sums + 32); w11.Store(sums + 48);
        w20.Store(sums + 64); w21.Store(sums + 80);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient3x1<V>(in Pixels s, float* x, float* dy, float* sums, int rows, int left) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums);
        V w10 = V.Load(sums + 16);
        V w20 = V.Load(sums + 32);
        nint pixel = s.Pixel, plane = s.Plane;
        var tap = s.Tap;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            var end = s.InnerFrom;
            for (int column = 0, at = left; ; end = s.Columns)
            {
                for (; column < end; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V d0 = V.Load(dyAt);
                    if ((uint)(at) < (uint)s.Width)
                    {
                        var v = V.Load(xAt); w00 = V.MultiplyAdd(v, d0, w00);
                    }
                    if ((uint)(at + s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + tap); w10 = V.MultiplyAdd(v, d0, w10);
                    }
                    if ((uint)(at + 2 * s.Dilation) < (uint)s.Width)
                    {
                        var v = V.Load(xAt + 2 * tap); w20 = V.MultiplyAdd(v, d0, w20);
                    }
                }
                if (column == s.Columns) break;
                for (; column < s.InnerTo; column++, at += s.Stride, xAt += pixel, dyAt += 16)
                {
                    V x0 = V.Load(xAt), x1 = V.Load(xAt + tap), x2 = V.Load(xAt + 2 * tap);
                    var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00); w10 = V.MultiplyAdd(x1, d, w10); w20 = V.MultiplyAdd(x2, d, w20);
                }
            }
        }
        w00.Store(sums);
        w10.Store(sums + 16);
        w20.Store(sums + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient1x8<V>(in Pixels s, float* x, float* dy, float* sums, int rows) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16), w02 = V.Load(sums + 32), w03 = V.Load(sums + 48), w04 = V.Load(sums + 64), w05 = V.Load(sums + 80), w06 = V.Load(sums + 96), w07 = V.Load(sums + 112);
        nint pixel = s.Pixel, plane = s.Plane;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            for (var column = s.InnerFrom; column < s.InnerTo; column++, xAt += pixel, dyAt += 16)
            {
                V x0 = V.Load(xAt);
                var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00);
                d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01);
                d = V.Load(dyAt + 2 * plane); w02 = V.MultiplyAdd(x0, d, w02);
                d = V.Load(dyAt + 3 * plane); w03 = V.MultiplyAdd(x0, d, w03);
                d = V.Load(dyAt + 4 * plane); w04 = V.MultiplyAdd(x0, d, w04);
                d = V.Load(dyAt + 5 * plane); w05 = V.MultiplyAdd(x0, d, w05);
                d = V.Load(dyAt + 6 * plane); w06 = V.MultiplyAdd(x0, d, w06);
                d = V.Load(dyAt + 7 * plane); w07 = V.MultiplyAdd(x0, d, w07);
            }
        }
        w00.Store(sums); w01.Store(sums + 16); w02.Store(sums + 32); w03.Store(sums + 48); w04.Store(sums + 64); w05.Store(sums + 80); w06.Store(sums + 96); w07.Store(sums + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient1x4<V>(in Pixels s, float* x, float* dy, float* sums, int rows) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16), w02 = V.Load(sums + 32), w03 = V.Load(sums + 48);
        nint pixel = s.Pixel, plane = s.Plane;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            for (var column = s.InnerFrom; column < s.InnerTo; column++, xAt += pixel, dyAt += 16)
            {
                V x0 = V.Load(xAt);
                var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00);
                d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01);
                d = V.Load(dyAt + 2 * plane); w02 = V.MultiplyAdd(x0, d, w02);
                d = V.Load(dyAt + 3 * plane); w03 = V.MultiplyAdd(x0, d, w03);
            }
        }
        w00.Store(sums); w01.Store(sums + 16); w02.Store(sums + 32); w03.Store(sums + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient1x2<V>(in Pixels s, float* x, float* dy, float* sums, int rows) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums), w01 = V.Load(sums + 16);
        nint pixel = s.Pixel, plane = s.Plane;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            for (var column = s.InnerFrom; column < s.InnerTo; column++, xAt += pixel, dyAt += 16)
            {
                V x0 = V.Load(xAt);
                var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00);
                d = V.Load(dyAt + plane); w01 = V.MultiplyAdd(x0, d, w01);
            }
        }
        w00.Store(sums); w01.Store(sums + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Gradient1x1<V>(in Pixels s, float* x, float* dy, float* sums, int rows) where V : struct, IVector<V>
    {
        V w00 = V.Load(sums);
        nint pixel = s.Pixel, plane = s.Plane;
        for (; rows > 0; rows--, x += s.Row, dy += s.DyRow)
        {
            float* xAt = x, dyAt = dy;
            for (var column = s.InnerFrom; column < s.InnerTo; column++, xAt += pixel, dyAt += 16)
            {
                V x0 = V.Load(xAt);
                var d = V.Load(dyAt); w00 = V.MultiplyAdd(x0, d, w00);
            }
        }
        w00.Store(sums);
    }
}
