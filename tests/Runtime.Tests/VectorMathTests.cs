using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public unsafe class VectorMathTests
{
    private static void Apply<V>(string function, float* values, int count) where V : struct, IVector<V>
    {
        for (var i = 0; i < count; i += V.Count)
        {
            var x = V.Load(values + i);
            var y = function switch
            {
                "exp" => VectorMath.Exp(x),
                "log" => VectorMath.Log(x),
                "tanh" => VectorMath.Tanh(x),
                "sigmoid" => VectorMath.Sigmoid(x),
                "softplus" => VectorMath.Softplus(x),
                "erf" => VectorMath.Erf(x),
                "sin" => VectorMath.Sin(x),
                _ => VectorMath.Cos(x),
            };
            y.Store(values + i);
        }
    }

    private static double Exact(string function, double x) => function switch
    {
        "exp" => Math.Exp(x),
        "log" => Math.Log(x),
        "tanh" => Math.Tanh(x),
        "sigmoid" => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)),
        "softplus" => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))),
        "erf" => Erf(x),
        "sin" => Math.Sin(x),
        _ => Math.Cos(x),
    };

    private static double Log1p(double y) => y < 1e-5 ? y - y * y / 2 + y * y * y / 3 : Math.Log(1 + y);

    /// <summary>2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)), whose terms have one sign.</summary>
    private static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        var (sum, term) = (0.0, x);
        for (var n = 1; sum + term != sum; n++) (sum, term) = (sum + term, term * 2 * x * x / (2 * n + 1));
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>Distance in units of the exact result's float spacing.</summary>
    private static double Ulps(float got, double exact)
    {
        if (double.IsNaN(exact)) return float.IsNaN(got) ? 0 : double.PositiveInfinity;
        var nearest = (float)exact;
        if (float.IsInfinity(nearest) || float.IsInfinity(got))
        {
            // At the edge of the range the nearest float may be infinity or the largest one.
            return got == nearest || Math.Abs(exact) is > 3.4028233e38 and < 3.4028238e38 ? 0 : double.PositiveInfinity;
        }

        var magnitude = Math.Abs(nearest);
        var spacing = Math.Max((double)MathF.BitIncrement(magnitude) - magnitude, float.Epsilon);
        if (double.IsInfinity(spacing)) spacing = Math.Pow(2, 104);
        return Math.Abs(got - exact) / spacing;
    }

    private static (double Worst, float At) Sweep(string function, IEnumerable<uint> patterns)
    {
        const int Chunk = 1 << 12;
        var wide = stackalloc float[Chunk];
        var narrow = stackalloc float[Chunk];
        var inputs = new float[Chunk];
        var (worst, at) = (0.0, 0f);
        foreach (var chunk in patterns.Chunk(Chunk))
        {
            for (var i = 0; i < Chunk; i++) wide[i] = narrow[i] = inputs[i] = BitConverter.UInt32BitsToSingle(chunk[i % chunk.Length]);
            Apply<V512>(function, wide, Chunk);
            Apply<V128>(function, narrow, Chunk);
            for (var i = 0; i < chunk.Length; i++)
            {
                if (BitConverter.SingleToInt32Bits(wide[i]) != BitConverter.SingleToInt32Bits(narrow[i])) Assert.Fail($"{function}({inputs[i]:R}) differs by width: {wide[i]:R}, {narrow[i]:R}");
                var ulps = Ulps(wide[i], Exact(function, inputs[i]));
                if (ulps > worst) (worst, at) = (ulps, inputs[i]);
            }
        }

        return (worst, at);
    }

    private static IEnumerable<uint> Strided(uint first, uint last, uint stride)
    {
        for (ulong i = first; i <= last; i += stride) yield return (uint)i;
    }

    private static IEnumerable<uint> Near(float x, int count) =>
        Enumerable.Range(-count, 2 * count + 1).Select(i => (uint)(BitConverter.SingleToInt32Bits(x) + i));

    [Theory]
    [InlineData("exp", 1)]
    [InlineData("log", 1)]
    [InlineData("tanh", 3)]
    [InlineData("sigmoid", 3)]
    [InlineData("softplus", 3)]
    [InlineData("erf", 2)]
    public void All_floats_are_within_the_stated_bound(string function, double bound)
    {
        float[] troubles =
        [
            float.Epsilon * 5000, 1.17549435e-38f, 1f / 4096, 0.17328678f, 0.34657359f, 0.5f, 0.70710678f, 1, 1.41421356f, 2, 5, 9.010913f, 10, 16.635532f,
            17.32868f, 20, 0.921875f, 3.9f, 4, 87.33654f, 88.72283f, 103.27893f, 103.97208f, 104, 105, 3.4e38f,
        ];
        var patterns = Strided(0, uint.MaxValue, 3001).Concat(troubles.SelectMany(x => Near(x, 3000).Concat(Near(-x, 3000))));
        var (worst, at) = Sweep(function, patterns);
        Assert.True(worst <= bound, $"{function}({at:R}) is off by {worst:F2} ulp.");
    }

    [Theory]
    [InlineData("sin", 2)]
    [InlineData("cos", 2)]
    public void Sine_and_cosine_are_within_the_stated_bound_up_to_2_17(string function, double bound)
    {
        const uint Last = 0x48000000; // 2^17
        var patterns = Strided(0, Last, 1009).Concat(Strided(0x80000000, 0x80000000 + Last, 1009));
        for (var i = 1; i < 3000; i++) patterns = patterns.Concat(Near((float)(i * Math.PI / 2), 2));
        var (worst, at) = Sweep(function, patterns);
        Assert.True(worst <= bound, $"{function}({at:R}) is off by {worst:F2} ulp.");

        // Farther out the values stay in range.
        var far = stackalloc float[64];
        for (var i = 0; i < 64; i++) far[i] = MathF.Pow(10, 5 + i / 2) * (i % 2 == 0 ? 1 : -1);
        Apply<V256>(function, far, 64);
        for (var i = 0; i < 64; i++) Assert.InRange(far[i], -1, 1);
    }

    [Theory]
    [InlineData("exp", 1f, 1f, float.PositiveInfinity, 0f)]
    [InlineData("log", float.NegativeInfinity, float.NegativeInfinity, float.PositiveInfinity, float.NaN)]
    [InlineData("tanh", 0f, -0f, 1f, -1f)]
    [InlineData("sigmoid", 0.5f, 0.5f, 1f, 0f)]
    [InlineData("softplus", 0.6931472f, 0.6931472f, float.PositiveInfinity, 0f)]
    [InlineData("erf", 0f, -0f, 1f, -1f)]
    [InlineData("sin", 0f, -0f, float.NaN, float.NaN)]
    [InlineData("cos", 1f, 1f, float.NaN, float.NaN)]
    public void Special_values_are_as_IEEE_754_asks(string function, float atZero, float atMinusZero, float atInfinity, float atMinusInfinity)
    {
        var x = stackalloc float[16];
        (x[0], x[1], x[2], x[3], x[4]) = (0f, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN);
        Apply<V512>(function, x, 16);
        float[] expected = [atZero, atMinusZero, atInfinity, atMinusInfinity, float.NaN];
        for (var i = 0; i < 5; i++)
        {
            if (float.IsNaN(expected[i])) Assert.True(float.IsNaN(x[i]), $"{function}: case {i} is {x[i]}");
            else Assert.Equal(BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(x[i]));
        }
    }

    [Fact]
    public void Underflow_is_gradual_and_overflow_is_infinite()
    {
        var x = stackalloc float[16];
        (x[0], x[1], x[2], x[3]) = (-100f, -103.9f, -104f, 88.73f);
        Apply<V256>("exp", x, 8);
        Assert.Equal((float)Math.Exp(-100), x[0]);
        Assert.Equal(float.Epsilon, x[1]);
        Assert.Equal(0, x[2]);
        Assert.Equal(float.PositiveInfinity, x[3]);
        (x[0], x[1]) = (float.Epsilon, -float.Epsilon);
        Apply<V256>("log", x, 8);
        Assert.Equal(-103.27893f, x[0]);
        Assert.True(float.IsNaN(x[1]));
    }
}
