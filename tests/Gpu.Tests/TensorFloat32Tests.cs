using ILGPU;
using Kiln.Gpu.Kernels;
using Kiln.Kernels;
using Networks.Tests;
using Xunit;
using DenseTiles = Kiln.Gpu.Kernels.DenseTiles;

namespace Gpu.Tests;

/// <summary>Products of operands that are rounded to TensorFloat32: on OpenCL they have the bits of the CPU's products of rounded numbers, and everywhere they are as near to the exact ones as is said.</summary>
public unsafe class TensorFloat32Tests
{
    public static class Kernels
    {
        public static void Round(ArrayView<float> y, ArrayView<float> x) => TensorFloat32.Operand(Lane.Load(x, Threads.Index)).Store(y, Threads.Index);

        public static void MultiplyBias(ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, ArrayView<float> y, int xBlock, int xRow, int xColumn, int yRow, int rows, int depth, int columns, int relu) =>
            DenseTiles.MultiplyBias<TensorFloat32>(x, w, bias, y, xBlock, xRow, xColumn, yRow, rows, depth, columns, relu != 0);

        public static void WeightGradientBias(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, ArrayView<float> bias, int xBlock, int xRow, int xColumn, int dyRow, int rows, int depth, int columns) =>
            DenseTiles.WeightGradientBias<TensorFloat32>(x, dy, dw, bias, xBlock, xRow, xColumn, dyRow, rows, depth, columns);
    }

    /// <summary>Ties of both parities and signs, their neighbours, the largest numbers, the least, zeros, infinities, NaN; and bits by chance.</summary>
    private static float[] Cases()
    {
        var cases = new List<float> { 0, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, BitConverter.UInt32BitsToSingle(0x7f800001), float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon };
        foreach (var bits in new uint[] { 0x3f800000, 0x3f802000, 0x3fffe000, 0x7f7fe000, 0x7f7fc000, 0x00000000, 0x00002000, 0x007fe000, 0x00800000 })
            foreach (var low in new uint[] { 0, 1, 0xfff, 0x1000, 0x1001, 0x1fff })
                foreach (var sign in new uint[] { 0, 0x80000000 }) cases.Add(BitConverter.UInt32BitsToSingle((bits | sign) + low));
        var random = new Random(1);
        while (cases.Count < 128 * 64) cases.Add(BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)));
        return [.. cases];
    }

    [Fact]
    public void Numbers_are_rounded_to_the_nearest_and_ties_away_from_zero()
    {
        Assert.Equal(1 + 1 / 1024f, Numerics.RoundTensorFloat32(1 + 1 / 2048f));
        Assert.Equal(-1 - 1 / 1024f, Numerics.RoundTensorFloat32(-1 - 1 / 2048f));
        Assert.Equal(1, Numerics.RoundTensorFloat32(1 + 1 / 4096f));
        Assert.Equal(float.PositiveInfinity, Numerics.RoundTensorFloat32(float.MaxValue));
        Assert.Equal(BitConverter.UInt32BitsToSingle(0x7f7fe000), Numerics.RoundTensorFloat32(BitConverter.UInt32BitsToSingle(0x7f7fefff)));
        Assert.Equal(0, Numerics.RoundTensorFloat32(float.Epsilon));
        var cases = Cases();
        Same.Bits(Array.ConvertAll(cases, Comparison.TensorFloat32), Array.ConvertAll(cases, Numerics.RoundTensorFloat32), "rounded");
    }

    [DeviceFact]
    public void Numbers_are_rounded_so_on_a_device()
    {
        var cases = Cases();
        var rounded = Same.Untouched(cases.Length);
        Bench.Run(typeof(Kernels), "Round", cases.Length, rounded, cases);
        Same.Bits(Array.ConvertAll(cases, Comparison.TensorFloat32), rounded, "rounded");
    }

    [DeviceTheory]
    [InlineData(3, 300, 40, true)]
    [InlineData(17, 70, 10, false)] // two segments side by side
    [InlineData(33, 1300, 48, true)] // four
    [InlineData(5000, 20, 6, false)] // large tiles of 16 columns
    [InlineData(4100, 150, 20, true)] // 32
    [InlineData(2100, 530, 150, false)] // 64
    public void Products_have_the_bits_of_rounded_operands(int rows, int depth, int columns, bool isInLanes) => DenseTilesTests.Products(typeof(Kernels), Rounded, rows, depth, columns, isInLanes);

    [DeviceTheory]
    [InlineData(20, 33, 40, true)]
    [InlineData(600, 49, 24, true)]
    [InlineData(70, 900, 300, true)] // large tiles
    public void Gradients_of_weights_have_the_bits_of_rounded_operands(int rows, int depth, int columns, bool isInLanes) => DenseTilesTests.Gradients(typeof(Kernels), Rounded, rows, depth, columns, isInLanes);

    /// <summary>Each operand is wrong by at most 2⁻¹¹ of it; float32 sums of so many terms by at most 2⁻²⁴ of their size for each.</summary>
    [DeviceTheory]
    [InlineData(40, 300, 24)]
    [InlineData(1100, 130, 250)] // large tiles
    public void Products_are_as_near_as_is_said(int rows, int depth, int columns)
    {
        var padded = Same.Round16(columns);
        float[] x = Same.Random(rows * depth, 1), w = DenseTilesTests.Weight(depth, columns, 2), y = Same.Untouched(rows * padded);
        Bench.Run(typeof(Kernels), "MultiplyBias", DeviceWork.Dense(rows, depth, columns), x, w, new float[padded], y, 16 * depth, depth, 1, padded, rows, depth, columns, 0);
        var furthest = 0.0;
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
            {
                double exact = 0, size = 0;
                for (var k = 0; k < depth; k++)
                {
                    var product = (double)x[row * depth + k] * w[Panels.At(k, column, depth, columns)];
                    exact += product;
                    size += Math.Abs(product);
                }
                var error = Math.Abs(y[row * padded + column] - exact) / size;
                Assert.InRange(error, 0, Math.ScaleB(1, -10) + depth * Math.ScaleB(1, -24));
                furthest = Math.Max(furthest, error);
            }
        // It is not float32.
        Assert.InRange(furthest, Math.ScaleB(1, -14), 1);
    }

    private static float[] Rounded(float[] numbers) => Array.ConvertAll(numbers, Comparison.TensorFloat32);
}
