using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// Elementary functions of vectors of floats: polynomials with explicit fused multiply-adds, so that the bits are equal at every vector
/// width. One ulp is the distance to the next float of the exact result; a subnormal result counts in units of the least one.
/// NaN gives NaN; infinities, zeros and overflow do what IEEE 754 asks; underflow is gradual.
/// </summary>
/// <remarks>
/// exp and log follow Cephes (S. L. Moshier, single precision: expf.c, logf.c); the other polynomials interpolate the function at
/// Chebyshev nodes.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class VectorMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // ln 2 in two parts, the first short, so that its product with an exponent is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float Log2E = 1.44269504f;

    // π in three parts of 24 bits.
    private const float PiHigh = 3.14159274f;
    private const float PiMiddle = -8.74227766e-8f;
    private const float PiLow = -3.43024902e-15f;
    private const float InversePi = 0.318309873f;

    /// <summary>eˣ, within 1 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x) where V : struct, IVector<V> => ExpBelow(V.Min(V.Broadcast(89f), x));

    /// <summary>Natural logarithm, within 1 ulp; −∞ at 0, NaN below.</summary>
    [MethodImpl(Inline)]
    public static V Log<V>(V x) where V : struct, IVector<V>
    {
        // x = m · 2^e with m in [√½, √2).
        var one = V.Broadcast(1f);
        var root = V.Broadcast(1.41421356f);
        var e = V.Exponent(x);
        var m = V.Scale(x, -e);
        e += V.SelectGreater(m, root, one, V.Zero);
        m = V.SelectGreater(m, root, m * V.Broadcast(0.5f), m);

        var f = m - one;
        var square = f * f;
        var p = V.Broadcast(7.0376836292e-2f);
        p = V.MultiplyAdd(p, f, V.Broadcast(-1.1514610310e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(1.1676998740e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(-1.2420140846e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(1.4249322787e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(-1.6668057665e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(2.0000714765e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(-2.4999993993e-1f));
        p = V.MultiplyAdd(p, f, V.Broadcast(3.3333331174e-1f));
        p = p * f * square;
        p = V.MultiplyAdd(e, V.Broadcast(Ln2Low), p);
        p = V.MultiplyAdd(square, V.Broadcast(-0.5f), p);
        var log = V.MultiplyAdd(e, V.Broadcast(Ln2High), f + p);

        var infinity = V.Broadcast(float.PositiveInfinity);
        var atMostZero = V.SelectEqual(x, V.Zero, -infinity, V.Broadcast(float.NaN));
        return V.SelectGreater(x, V.Zero, V.SelectEqual(x, infinity, infinity, log), atMostZero);
    }

    /// <summary>Hyperbolic tangent, within 3 ulp, near 0 as well; odd, and ±1 far out.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x) where V : struct, IVector<V>
    {
        // tanh |x| = E / (E + 2) with E = e^{2|x|} − 1, which keeps its digits near 0. At 10 it is 1 already.
        var one = V.Broadcast(1f);
        var magnitude = V.Abs(x);
        var twice = V.Min(V.Broadcast(20f), magnitude + magnitude);
        var n = V.Round(twice * V.Broadcast(Log2E));
        var p = ExpMinus1Reduced(twice, n);
        var power = V.Scale(one, n);
        var expMinus1 = V.MultiplyAdd(power, p, power - one);
        var tanh = expMinus1 / (expMinus1 + V.Broadcast(2f));

        // Below 2^-12 it is x to the last bit; this also keeps the sign of zero.
        return V.SelectGreater(magnitude, V.Broadcast(1f / 4096f), V.SelectGreater(x, V.Zero, tanh, -tanh), x);
    }

    /// <summary>1 / (1 + e⁻ˣ), within 3 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x) where V : struct, IVector<V>
    {
        // e^{-|x|} cannot overflow: below 0 this is eˣ / (1 + eˣ).
        var one = V.Broadcast(1f);
        var exp = ExpBelow(-V.Abs(x));
        return V.SelectGreater(x, V.Zero, one, exp) / (one + exp);
    }

    /// <summary>log(1 + eˣ), within 3 ulp.</summary>
    [MethodImpl(Inline)]
    public static V Softplus<V>(V x) where V : struct, IVector<V> =>
        V.Max(x, V.Zero) + Log1pOfUnit(ExpBelow(-V.Abs(x)));

    /// <summary>The error function, 2/√π · ∫ from 0 to x of e^(−t²), within 2 ulp, near 0 as well; odd, and ±1 far out.</summary>
    [MethodImpl(Inline)]
    public static V Erf<V>(V x) where V : struct, IVector<V>
    {
        // Near 0: x + x · p(x²).
        var square = x * x;
        var p = V.Broadcast(8.387591046e-5f);
        p = V.MultiplyAdd(p, square, V.Broadcast(-8.147202093e-4f));
        p = V.MultiplyAdd(p, square, V.Broadcast(5.201466869e-3f));
        p = V.MultiplyAdd(p, square, V.Broadcast(-2.685959231e-2f));
        p = V.MultiplyAdd(p, square, V.Broadcast(1.128369943e-1f));
        p = V.MultiplyAdd(p, square, V.Broadcast(-3.761263403e-1f));
        p = V.MultiplyAdd(p, square, V.Broadcast(1.283791667e-1f));
        var near = V.MultiplyAdd(p, x, x);

        // Farther out: 1 − e^(−t + t · q(t)) with t = |x|. At 4 it is 1 already.
        var magnitude = V.Abs(x);
        var t = V.Min(V.Broadcast(4f), magnitude);
        var q = V.Broadcast(3.030255319e-7f);
        q = V.MultiplyAdd(q, t, V.Broadcast(-4.982655592e-6f));
        q = V.MultiplyAdd(q, t, V.Broadcast(1.667235607e-5f));
        q = V.MultiplyAdd(q, t, V.Broadcast(2.589785340e-4f));
        q = V.MultiplyAdd(q, t, V.Broadcast(-3.622234650e-3f));
        q = V.MultiplyAdd(q, t, V.Broadcast(2.394308942e-2f));
        q = V.MultiplyAdd(q, t, V.Broadcast(-1.065917922e-1f));
        q = V.MultiplyAdd(q, t, V.Broadcast(-6.348810689e-1f));
        q = V.MultiplyAdd(q, t, V.Broadcast(-1.287244385e-1f));
        q = V.MultiplyAdd(q, t, -t);
        var far = V.Broadcast(1f) - ExpBelow(q);
        return V.SelectGreater(magnitude, V.Broadcast(0.921875f), V.SelectGreater(x, V.Zero, far, -far), near);
    }

    /// <summary>
    /// Sine, within 2 ulp up to |x| = 2^17. Beyond, the distance to a multiple of π is lost bit by bit; the value stays in [−1, 1].
    /// </summary>
    [MethodImpl(Inline)]
    public static V Sin<V>(V x) where V : struct, IVector<V>
    {
        var n = V.Round(x * V.Broadcast(InversePi));
        var sine = AlternatingSine(x, n, n);

        // Below 2^-12 it is x to the last bit; this also keeps the sign of zero.
        return V.SelectGreater(V.Abs(x), V.Broadcast(1f / 4096f), sine, x);
    }

    /// <summary>Cosine, within 2 ulp up to |x| = 2^17, and as <see cref="Sin"/> beyond.</summary>
    [MethodImpl(Inline)]
    public static V Cos<V>(V x) where V : struct, IVector<V>
    {
        // cos x = −(−1)ⁿ sin(x − (n + ½)π)
        var half = V.Broadcast(0.5f);
        var n = V.Round(V.MultiplyAdd(x, V.Broadcast(InversePi), -half));
        return -AlternatingSine(x, n + half, n);
    }

    /// <summary>The greater of the two; NaN where either is one. The second of equals.</summary>
    [MethodImpl(Inline)]
    public static V Maximum<V>(V a, V b) where V : struct, IVector<V> => V.SelectEqual(a, a, V.Max(a, b), a);

    /// <summary>Where a is above b, then, else otherwise. NaN is above every number, and not above itself: the first of a row wins.</summary>
    [MethodImpl(Inline)]
    public static V SelectAbove<V>(V a, V b, V then, V otherwise) where V : struct, IVector<V> =>
        V.SelectEqual(a, a, V.SelectGreater(a, b, then, otherwise), V.SelectEqual(b, b, then, otherwise));

    /// <summary>eˣ for x below 89.</summary>
    [MethodImpl(Inline)]
    private static V ExpBelow<V>(V x) where V : struct, IVector<V>
    {
        // Half of the least float is e^-103.97; 0 from there on. The order of the arguments lets NaN through.
        x = V.Max(V.Broadcast(-105f), x);
        var n = V.Round(x * V.Broadcast(Log2E));
        return V.Scale(ExpMinus1Reduced(x, n) + V.Broadcast(1f), n);
    }

    /// <summary>e^r − 1 with r = x − n·ln 2, |r| ≤ ½ ln 2.</summary>
    [MethodImpl(Inline)]
    private static V ExpMinus1Reduced<V>(V x, V n) where V : struct, IVector<V>
    {
        var r = V.MultiplyAdd(n, V.Broadcast(-Ln2High), x);
        r = V.MultiplyAdd(n, V.Broadcast(-Ln2Low), r);
        var p = V.Broadcast(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, V.Broadcast(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.Broadcast(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.Broadcast(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.Broadcast(5.0000001201e-1f));
        return V.MultiplyAdd(p, r * r, r);
    }

    /// <summary>log(1 + y) for y in [0, 1].</summary>
    [MethodImpl(Inline)]
    private static V Log1pOfUnit<V>(V y) where V : struct, IVector<V>
    {
        // log(1 + y) = 2 artanh(t/2) = t + t³/12 + t⁵/80 + … with t = y / (1 + y/2).
        var t = y / V.MultiplyAdd(y, V.Broadcast(0.5f), V.Broadcast(1f));
        var w = t * t;
        var p = V.Broadcast(1.13400049e-4f);
        p = V.MultiplyAdd(p, w, V.Broadcast(4.23956546e-4f));
        p = V.MultiplyAdd(p, w, V.Broadcast(2.23377789e-3f));
        p = V.MultiplyAdd(p, w, V.Broadcast(1.2499908e-2f));
        p = V.MultiplyAdd(p, w, V.Broadcast(8.33333358e-2f));
        return V.MultiplyAdd(t * w, p, t);
    }

    /// <summary>(−1)ⁿ sin(x − multiple · π) where that is within ±π/2.</summary>
    [MethodImpl(Inline)]
    private static V AlternatingSine<V>(V x, V multiple, V n) where V : struct, IVector<V>
    {
        var r = V.MultiplyAdd(multiple, V.Broadcast(-PiHigh), x);
        r = V.MultiplyAdd(multiple, V.Broadcast(-PiMiddle), r);
        r = V.MultiplyAdd(multiple, V.Broadcast(-PiLow), r);
        var w = r * r;

        // The coefficient of r⁵ is two units up, so that the sine of π/2 comes out as 1.
        var p = V.Broadcast(-2.40792364e-8f);
        p = V.MultiplyAdd(p, w, V.Broadcast(2.75364232e-6f));
        p = V.MultiplyAdd(p, w, V.Broadcast(-1.98410853e-4f));
        p = V.MultiplyAdd(p, w, V.Broadcast(8.3333347e-3f));
        p = V.MultiplyAdd(p, w, V.Broadcast(-1.66666672e-1f));
        var sine = V.MultiplyAdd(r * w, p, r);

        var minusTwo = V.Broadcast(-2f);
        var one = V.Broadcast(1f);
        var odd = V.MultiplyAdd(V.Round(n * V.Broadcast(0.5f)), minusTwo, n);
        sine *= V.MultiplyAdd(odd * odd, minusTwo, one);

        // For arguments so large that r is not small; NaN passes.
        return V.Min(one, V.Max(-one, sine));
    }
}
