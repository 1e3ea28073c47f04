using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>The three registers against the scalar formula of each operation, bit for bit.</summary>
public unsafe class VectorTests
{
    private static readonly float[] Values =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 3.1415927f, -7.25f, 1e-3f, 1e10f, -1e10f, 8388607.5f, 16777216f,
        float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 1.17549435e-38f, 1.1754942e-38f, -3e-42f, 1e-30f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 123.456f, -0.1f, 1e30f, 0.33333334f, 65504f,
    ];

    private static readonly float[] Exponents = [-252f, -150f, -149f, -127f, -126f, -24f, -1f, 0f, 1f, 7f, 24f, 126f, 127f, 128f, 200f, 254f];

    [Fact]
    public void V512_equals_the_scalar_formulas() => Check<V512>();

    [Fact]
    public void V256_equals_the_scalar_formulas() => Check<V256>();

    [Fact]
    public void V128_equals_the_scalar_formulas() => Check<V128>();

    private static void Check<V>() where V : struct, IVector<V>
    {
        foreach (var x in Values)
        {
            Unary<V>(x, V.Sqrt, MathF.Sqrt);
            Unary<V>(x, V.Abs, MathF.Abs);
            Unary<V>(x, a => -a, a => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) ^ int.MinValue));
            Unary<V>(x, V.Round, a => MathF.Round(a, MidpointRounding.ToEven));
            if (float.IsFinite(x) && x != 0) Unary<V>(x, V.Exponent, a => (float)Math.Floor(Math.Log2(Math.Abs((double)a) * (1 + 1e-12))));
            foreach (var y in Values)
            {
                Binary<V>(x, y, (a, b) => a + b, (a, b) => a + b);
                Binary<V>(x, y, (a, b) => a - b, (a, b) => a - b);
                Binary<V>(x, y, (a, b) => a * b, (a, b) => a * b);
                Binary<V>(x, y, (a, b) => a / b, (a, b) => a / b);
                Binary<V>(x, y, V.Max, (a, b) => a > b ? a : b);
                Binary<V>(x, y, V.Min, (a, b) => a < b ? a : b);
                Binary<V>(x, y, (a, b) => V.SelectGreater(a, b, V.Broadcast(3), b), (a, b) => a > b ? 3 : b);
                Binary<V>(x, y, (a, b) => V.SelectEqual(a, b, V.Broadcast(3), b), (a, b) => a == b ? 3 : b);
                if (System.Runtime.Intrinsics.X86.Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported)
                    Binary<V>(x, y, (a, b) => V.MultiplyAdd(a, b, V.Broadcast(-1.25f)), (a, b) => MathF.FusedMultiplyAdd(a, b, -1.25f));
            }
            foreach (var n in Exponents) Binary<V>(x, n, V.Scale, ScalarScale);
        }
        for (var i = 0; i < V.Count; i++) Equal(i, Lane(V.Iota, i));
        Equal(0, Lane(V.Zero, V.Count - 1));

        var integers = stackalloc int[16];
        for (var i = 0; i < 16; i++) integers[i] = (i - 8) * 123456789;
        for (var i = 0; i < V.Count; i++) Equal(integers[i], Lane(V.LoadInt32(integers), i));
    }

    [Fact]
    public void Scale_underflows_gradually_and_saturates()
    {
        Equal(float.Epsilon, Lane(V256.Scale(V256.Broadcast(1), V256.Broadcast(-149)), 0));
        Equal(0, Lane(V256.Scale(V256.Broadcast(1), V256.Broadcast(-300)), 0));
        Equal(float.PositiveInfinity, Lane(V256.Scale(V256.Broadcast(1), V256.Broadcast(300)), 0));
        Equal(1, Lane(V256.Scale(V256.Broadcast(float.Epsilon), V256.Broadcast(149)), 0));
    }

    private static float ScalarScale(float a, float n)
    {
        var half = (int)n >> 1;
        return (float)((float)(a * Math.Pow(2, half)) * Math.Pow(2, (int)n - half));
    }

    private static void Unary<V>(float x, Func<V, V> vector, Func<float, float> scalar) where V : struct, IVector<V>
    {
        for (var i = 0; i < V.Count; i += V.Count - 1) Equal(scalar(x), Lane(vector(V.Broadcast(x)), i), $"{x}");
    }

    private static void Binary<V>(float x, float y, Func<V, V, V> vector, Func<float, float, float> scalar) where V : struct, IVector<V>
    {
        for (var i = 0; i < V.Count; i += V.Count - 1) Equal(scalar(x, y), Lane(vector(V.Broadcast(x), V.Broadcast(y)), i), $"{x}, {y}");
    }

    private static float Lane<V>(V v, int lane) where V : struct, IVector<V>
    {
        var lanes = stackalloc float[16];
        v.Store(lanes);
        V.Load(lanes).Store(lanes);
        return lanes[lane];
    }

    /// <summary>Equal bits; any NaN equals any other.</summary>
    private static void Equal(float expected, float actual, string of = "") =>
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual) || float.IsNaN(expected) && float.IsNaN(actual), $"{expected:R} expected, {actual:R} came ({of})");
}
