using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// The transforms along one axis, line by line; a tile takes two passes, columns first. With 2×2 pixels the points of interpolation are 0, ±1
/// and ∞. With 4×4 pixels they are 0, ±p, ±q and ∞, p = 3/4 and q = 3/2: all numbers of A and B are exact, and rounding errors are a quarter to a half of
/// those with the usual ±1 and ±2.
/// </summary>
public static unsafe partial class WinogradTiles
{
    private const float P = 0.75f, P2 = P * P, P3 = P2 * P, Q = 1.5f, Q2 = Q * Q, Q3 = Q2 * Q;

    /// <summary>Bᵀ of 6 lines of 6 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Input4<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine) where V : struct, IVector<V>
    {
        V product = V.Broadcast(P2 * Q2), sum = V.Broadcast(-(P2 + Q2)), p = V.Broadcast(P), p2 = V.Broadcast(-P2), q = V.Broadcast(Q), q2 = V.Broadcast(-Q2), minusP = V.Broadcast(-P), minusQ = V.Broadcast(-Q);
        for (var left = 6; left > 0; left--, from += line, to += toLine)
        {
            var at = from;
            V d0 = V.Load(at), d1 = V.Load(at + step), d2 = V.Load(at + 2 * step);
            at += 3 * step;
            V d3 = V.Load(at), d4 = V.Load(at + step), d5 = V.Load(at + 2 * step);
            V evenP = V.MultiplyAdd(q2, d2, d4), oddP = V.MultiplyAdd(q2, d1, d3), evenQ = V.MultiplyAdd(p2, d2, d4), oddQ = V.MultiplyAdd(p2, d1, d3);
            V.MultiplyAdd(product, d0, V.MultiplyAdd(sum, d2, d4)).Store(to);
            V.MultiplyAdd(p, oddP, evenP).Store(to + toStep);
            V.MultiplyAdd(minusP, oddP, evenP).Store(to + 2 * toStep);
            var end = to + 3 * toStep;
            V.MultiplyAdd(q, oddQ, evenQ).Store(end);
            V.MultiplyAdd(minusQ, oddQ, evenQ).Store(end + toStep);
            V.MultiplyAdd(product, d1, V.MultiplyAdd(sum, d3, d5)).Store(end + 2 * toStep);
        }
    }

    /// <summary>Aᵀ of lines of 6 numbers, to 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Output4<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        V p = V.Broadcast(P), p2 = V.Broadcast(P2), p3 = V.Broadcast(P3), q = V.Broadcast(Q), q2 = V.Broadcast(Q2), q3 = V.Broadcast(Q3);
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            var at = from;
            V m0 = V.Load(at), m1 = V.Load(at + step), m2 = V.Load(at + 2 * step);
            at += 3 * step;
            V m3 = V.Load(at), m4 = V.Load(at + step), m5 = V.Load(at + 2 * step);
            V evenP = m1 + m2, oddP = m1 - m2, evenQ = m3 + m4, oddQ = m3 - m4;
            (m0 + evenP + evenQ).Store(to);
            V.MultiplyAdd(p, oddP, q * oddQ).Store(to + toStep);
            V.MultiplyAdd(p2, evenP, q2 * evenQ).Store(to + 2 * toStep);
            V.MultiplyAdd(p3, oddP, V.MultiplyAdd(q3, oddQ, m5)).Store(to + 3 * toStep);
        }
    }

    /// <summary>G of lines of 3 numbers, to 6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Kernel4<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        V first = V.Broadcast(1 / (P2 * Q2)), byP = V.Broadcast(1 / (2 * P2 * (P2 - Q2))), byQ = V.Broadcast(1 / (2 * Q2 * (Q2 - P2)));
        V p = V.Broadcast(P), p2 = V.Broadcast(P2), q = V.Broadcast(Q), q2 = V.Broadcast(Q2);
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            V w0 = V.Load(from), w1 = V.Load(from + step), w2 = V.Load(from + 2 * step);
            V evenP = V.MultiplyAdd(p2, w2, w0), oddP = p * w1, evenQ = V.MultiplyAdd(q2, w2, w0), oddQ = q * w1;
            (first * w0).Store(to);
            (byP * (evenP + oddP)).Store(to + toStep);
            (byP * (evenP - oddP)).Store(to + 2 * toStep);
            (byQ * (evenQ + oddQ)).Store(to + 3 * toStep);
            (byQ * (evenQ - oddQ)).Store(to + 4 * toStep);
            w2.Store(to + 5 * toStep);
        }
    }

    /// <summary>A of lines of 4 numbers, to 6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient4<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        V p = V.Broadcast(P), p2 = V.Broadcast(P2), p3 = V.Broadcast(P3), q = V.Broadcast(Q), q2 = V.Broadcast(Q2), q3 = V.Broadcast(Q3);
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            V y0 = V.Load(from), y1 = V.Load(from + step), y2 = V.Load(from + 2 * step), y3 = V.Load(from + 3 * step);
            V evenP = V.MultiplyAdd(p2, y2, y0), oddP = V.MultiplyAdd(p3, y3, p * y1), evenQ = V.MultiplyAdd(q2, y2, y0), oddQ = V.MultiplyAdd(q3, y3, q * y1);
            y0.Store(to);
            (evenP + oddP).Store(to + toStep);
            (evenP - oddP).Store(to + 2 * toStep);
            (evenQ + oddQ).Store(to + 3 * toStep);
            (evenQ - oddQ).Store(to + 4 * toStep);
            y3.Store(to + 5 * toStep);
        }
    }

    /// <summary>Gᵀ of lines of 6 numbers, to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void KernelGradient4<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        V first = V.Broadcast(1 / (P2 * Q2)), byP = V.Broadcast(1 / (2 * P2 * (P2 - Q2))), byQ = V.Broadcast(1 / (2 * Q2 * (Q2 - P2)));
        V p = V.Broadcast(P), p2 = V.Broadcast(P2), q = V.Broadcast(Q), q2 = V.Broadcast(Q2);
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            V m0 = V.Load(from), m1 = V.Load(from + step), m2 = V.Load(from + 2 * step);
            V m3 = V.Load(from + 3 * step), m4 = V.Load(from + 4 * step), m5 = V.Load(from + 5 * step);
            V evenP = byP * (m1 + m2), oddP = byP * (m1 - m2), evenQ = byQ * (m3 + m4), oddQ = byQ * (m3 - m4);
            V.MultiplyAdd(first, m0, evenP + evenQ).Store(to);
            V.MultiplyAdd(p, oddP, q * oddQ).Store(to + toStep);
            V.MultiplyAdd(p2, evenP, V.MultiplyAdd(q2, evenQ, m5)).Store(to + 2 * toStep);
        }
    }

    /// <summary>Bᵀ of 4 lines of 4 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Input2<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine) where V : struct, IVector<V>
    {
        for (var left = 4; left > 0; left--, from += line, to += toLine)
        {
            V d0 = V.Load(from), d1 = V.Load(from + step), d2 = V.Load(from + 2 * step), d3 = V.Load(from + 3 * step);
            (d0 - d2).Store(to);
            (d1 + d2).Store(to + toStep);
            (d2 - d1).Store(to + 2 * toStep);
            (d1 - d3).Store(to + 3 * toStep);
        }
    }

    /// <summary>Aᵀ of lines of 4 numbers, to 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Output2<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            V m0 = V.Load(from), m1 = V.Load(from + step), m2 = V.Load(from + 2 * step), m3 = V.Load(from + 3 * step);
            (m0 + m1 + m2).Store(to);
            (m1 - m2 - m3).Store(to + toStep);
        }
    }

    /// <summary>G of lines of 3 numbers, to 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Kernel2<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        var half = V.Broadcast(0.5f);
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            V w0 = V.Load(from), w1 = V.Load(from + step), w2 = V.Load(from + 2 * step);
            var even = w0 + w2;
            w0.Store(to);
            (half * (even + w1)).Store(to + toStep);
            (half * (even - w1)).Store(to + 2 * toStep);
            w2.Store(to + 3 * toStep);
        }
    }

    /// <summary>A of lines of 2 numbers, to 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient2<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            V y0 = V.Load(from), y1 = V.Load(from + step);
            y0.Store(to);
            (y0 + y1).Store(to + toStep);
            (y0 - y1).Store(to + 2 * toStep);
            (-y1).Store(to + 3 * toStep);
        }
    }

    /// <summary>Gᵀ of lines of 4 numbers, to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void KernelGradient2<V>(float* from, nint step, nint line, float* to, nint toStep, nint toLine, int lines) where V : struct, IVector<V>
    {
        var half = V.Broadcast(0.5f);
        for (; lines > 0; lines--, from += line, to += toLine)
        {
            V m0 = V.Load(from), m1 = V.Load(from + step), m2 = V.Load(from + 2 * step), m3 = V.Load(from + 3 * step);
            var even = half * (m1 + m2);
            (m0 + even).Store(to);
            (half * (m1 - m2)).Store(to + toStep);
            (even + m3).Store(to + 2 * toStep);
        }
    }
}
