using ILGPU;
using Kiln.Gpu.Kernels;
using Kiln.Kernels;
using Xunit;

namespace Gpu.Tests;

/// <summary>The arithmetic and the functions of one lane on a device: the bits of the CPU's.</summary>
public class LaneTests
{
    public static class Kernels
    {
        public static void Exp(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Exp(At(x)));
        public static void Log(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Log(At(x)));
        public static void Tanh(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Tanh(At(x)));
        public static void Sigmoid(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Sigmoid(At(x)));
        public static void Softplus(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Softplus(At(x)));
        public static void Erf(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Erf(At(x)));
        public static void Sin(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Sin(At(x)));
        public static void Cos(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Cos(At(x)));
        public static void Sqrt(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, Lane.Sqrt(At(x)));
        public static void Reciprocal(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, Lane.Broadcast(1) / At(x));

        /// <summary>What a compiler might join with one rounding.</summary>
        public static void ProductAndSum(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, At(x) * At(x) + Lane.Broadcast(0.1f) * At(x));

        /// <summary>What a compiler might reckon with constants before it meets the number.</summary>
        public static void Constants(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, Lane.Zero - (Lane.Broadcast(0.1f) + (Lane.Broadcast(0.7f) * (Lane.Broadcast(0.3f) * At(x)) + Lane.Broadcast(0.1f))));

        public static void PlusZero(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, Lane.Broadcast(1) / (At(x) + Lane.Zero));

        public static void Maximum(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.Maximum(At(x), -At(x)));
        public static void SelectAbove(ArrayView<float> y, ArrayView<float> x, int count) => Map(y, x, count, VectorMath.SelectAbove(At(x), Lane.Zero, Lane.Broadcast(1), Lane.Broadcast(2)));

        private static Lane At(ArrayView<float> x) => Lane.Load(x, Threads.Index);

        private static void Map(ArrayView<float> y, ArrayView<float> x, int count, Lane value)
        {
            if (Threads.Index < count) value.Store(y, Threads.Index);
        }
    }

    [DeviceTheory]
    [InlineData("Exp")]
    [InlineData("Log")]
    [InlineData("Tanh")]
    [InlineData("Sigmoid")]
    [InlineData("Softplus")]
    [InlineData("Erf")]
    [InlineData("Sin")]
    [InlineData("Cos")]
    [InlineData("Sqrt")]
    [InlineData("Reciprocal")]
    [InlineData("ProductAndSum")]
    [InlineData("Constants")]
    [InlineData("PlusZero")]
    [InlineData("Maximum")]
    [InlineData("SelectAbove")]
    public void Functions_have_the_bits_of_the_CPU(string name)
    {
        // Numbers of all sizes, whole and half ones, and the extremes: as many as fill whole groups, since threads read before they ask whether they are live.
        var x = new float[128 * 64];
        var random = new Random(1);
        for (var i = 0; i < x.Length; i++) x[i] = i % 4 == 0 ? random.Next(-200, 200) / 2f : (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 4)));
        ReadOnlySpan<float> extremes = [0, -0f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1.1e-38f, 88.7f, -103.9f, -104f, 8388607.5f, 1e10f];
        extremes.CopyTo(x);
        var y = new float[x.Length];
        Bench.Run(typeof(Kernels), name, x.Length, y, x, x.Length);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = OnCpu(name, x[i]);
            Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(y[i]) || (float.IsNaN(expected) && float.IsNaN(y[i])), $"{name}({x[i]:R}) is {y[i]:R}, on the CPU {expected:R}");
        }
    }

    private static unsafe float OnCpu(string name, float x)
    {
        var v = V32.Broadcast(x);
        var one = V32.Broadcast(1);
        var y = name switch
        {
            "Exp" => VectorMath.Exp(v),
            "Log" => VectorMath.Log(v),
            "Tanh" => VectorMath.Tanh(v),
            "Sigmoid" => VectorMath.Sigmoid(v),
            "Softplus" => VectorMath.Softplus(v),
            "Erf" => VectorMath.Erf(v),
            "Sin" => VectorMath.Sin(v),
            "Cos" => VectorMath.Cos(v),
            "Sqrt" => V32.Sqrt(v),
            "Reciprocal" => one / v,
            "ProductAndSum" => v * v + V32.Broadcast(0.1f) * v,
            "Constants" => V32.Zero - (V32.Broadcast(0.1f) + (V32.Broadcast(0.7f) * (V32.Broadcast(0.3f) * v) + V32.Broadcast(0.1f))),
            "PlusZero" => one / (v + V32.Zero),
            "Maximum" => VectorMath.Maximum(v, -v),
            _ => VectorMath.SelectAbove(v, V32.Zero, one, V32.Broadcast(2)),
        };
        float result;
        y.Store(&result);
        return result;
    }
}
