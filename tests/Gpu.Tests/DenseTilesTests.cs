using ILGPU;
using Kiln.Gpu.Kernels;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.DenseTiles;
using DenseTiles = Kiln.Gpu.Kernels.DenseTiles;

namespace Gpu.Tests;

/// <summary>Matrix products on a device: the bits of the CPU's.</summary>
public unsafe class DenseTilesTests
{
    public static class Kernels
    {
        public static void MultiplyBias(ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, ArrayView<float> y, int xBlock, int xRow, int xColumn, int yRow, int rows, int depth, int columns, int relu) =>
            DenseTiles.MultiplyBias<Float32>(x, w, bias, y, xBlock, xRow, xColumn, yRow, rows, depth, columns, relu != 0);

        // Of constant sizes, as networks have them: without code for large tiles.
        public static void Multiply(ArrayView<float> x, ArrayView<float> w, ArrayView<float> y, int rows) => DenseTiles.Multiply<Float32>(x, w, y, 16 * 73, 73, 1, 16, rows, 70, 10);

        public static void MultiplyAdded(ArrayView<float> x, ArrayView<float> w, ArrayView<float> added, ArrayView<float> y, int rows) => DenseTiles.MultiplyAdded<Float32>(x, w, added, y, 16 * 73, 73, 1, 16, rows, 70, 10, 16);

        public static void WeightGradientBias(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, ArrayView<float> bias, int xBlock, int xRow, int xColumn, int dyRow, int rows, int depth, int columns) =>
            DenseTiles.WeightGradientBias<Float32>(x, dy, dw, bias, xBlock, xRow, xColumn, dyRow, rows, depth, columns);

        public static void WeightGradient(ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, int rows) => DenseTiles.WeightGradient<Float32>(x, dy, dw, 16 * 73, 73, 1, 16, rows, 70, 10);

        public static void TransposePanels(ArrayView<float> from, ArrayView<float> to, int depth, int columns) => DenseTiles.TransposePanels(from, to, depth, columns);
    }

    [DeviceTheory]
    [InlineData(1, 10, 7, false)]
    [InlineData(3, 300, 40, true)]
    [InlineData(17, 70, 10, false)] // short segments, two of them
    [InlineData(17, 200, 24, true)] // four
    [InlineData(33, 784, 70, false)] // four segments of 256
    [InlineData(33, 1300, 48, true)] // six
    [InlineData(5000, 20, 6, false)] // large tiles of 16 columns
    [InlineData(4100, 150, 20, true)] // 32
    [InlineData(2100, 530, 150, false)] // 64
    public void Products_have_the_bits_of_the_CPU(int rows, int depth, int columns, bool isInLanes) => Products(typeof(Kernels), numbers => numbers, rows, depth, columns, isInLanes);

    /// <param name="kernels">Has the kernel.</param>
    /// <param name="operand">What the kernel does with its operands first.</param>
    internal static void Products(Type kernels, Func<float[], float[]> operand, int rows, int depth, int columns, bool isInLanes)
    {
        var (block, row, column) = isInLanes ? (16 * depth, 1, 16) : (16 * (depth + 3), depth + 3, 1);
        var yRow = (columns + 15) / 16 * 16;
        var x = Same.Random((rows + 15) / 16 * block, 1);
        x[5] = -0f;
        var w = Weight(depth, columns, 2);
        var bias = Same.Random(yRow, 3);
        bias.AsSpan(columns).Clear();
        for (var relu = 0; relu < 2; relu++)
        {
            float[] expected = Same.Untouched(rows * yRow), actual = Same.Untouched(rows * yRow);
            fixed (float* px = operand(x), pw = operand(w), pb = bias, py = expected)
                for (var n = 0; n < rows; n += isInLanes ? 16 : rows)
                    Cpu.Multiply<V128>(px + n / 16 * block, row, column, pw, py + n * yRow, yRow, isInLanes ? Math.Min(16, rows - n) : rows, depth, columns, pb, relu == 1);
            Bench.Run(kernels, "MultiplyBias", DeviceWork.Dense(rows, depth, columns), x, w, bias, actual, block, row, column, yRow, rows, depth, columns, relu);
            Same.Bits(expected, actual, $"{rows}×{depth}×{columns}, ReLU {relu}");
        }
    }

    [DeviceTheory]
    [InlineData(1)]
    [InlineData(50)]
    public void Products_alone_or_added_to_have_the_bits_of_the_CPU(int rows)
    {
        float[] x = Same.Random(rows * 73, 1), w = Weight(70, 10, 2), added = Same.Random(rows * 16, 3), dw = Same.Untouched(70 * 16), dwThere = Same.Untouched(70 * 16);
        float[] alone = Same.Untouched(rows * 16), aloneThere = Same.Untouched(rows * 16), sum = Same.Untouched(rows * 16), sumThere = Same.Untouched(rows * 16);
        fixed (float* px = x, pw = w, pa = added, py = alone, ps = sum, pdw = dw)
        {
            Cpu.Multiply<V128>(px, 73, 1, pw, py, 16, rows, 70, 10);
            Cpu.Multiply<V128>(px, 73, 1, pw, ps, 16, rows, 70, 10, added: pa, addedRow: 16);
            Cpu.WeightGradient<V128>([new(px, 16 * 73, 73, 1, pdw, 70)], pa, 16, rows, 10, 0, Cpu.WeightGradientItems(70, 10));
        }
        Bench.Run(typeof(Kernels), "Multiply", DeviceWork.Dense(rows, 70, 10), x, w, aloneThere, rows);
        Same.Bits(alone, aloneThere, "alone");
        Bench.Run(typeof(Kernels), "MultiplyAdded", DeviceWork.Dense(rows, 70, 10), x, w, added, sumThere, rows);
        Same.Bits(sum, sumThere, "added to");
        Bench.Run(typeof(Kernels), "WeightGradient", DeviceWork.DenseWeightGradient(rows, 70, 10), x, added, dwThere, rows);
        Same.Bits(dw, dwThere, "gradient");
    }

    [DeviceTheory]
    [InlineData(1, 10, 7, false)]
    [InlineData(20, 33, 40, true)]
    [InlineData(300, 70, 10, false)]
    [InlineData(600, 49, 24, true)]
    [InlineData(260, 9000, 20, false)] // large tiles
    [InlineData(70, 900, 300, true)]
    public void Gradients_of_weights_have_the_bits_of_the_CPU(int rows, int depth, int columns, bool isInLanes) => Gradients(typeof(Kernels), numbers => numbers, rows, depth, columns, isInLanes);

    /// <inheritdoc cref="Products"/>
    internal static void Gradients(Type kernels, Func<float[], float[]> operand, int rows, int depth, int columns, bool isInLanes)
    {
        var (block, row, column) = isInLanes ? (16 * depth, 1, 16) : (16 * (depth + 3), depth + 3, 1);
        var padded = (columns + 15) / 16 * 16;
        var x = Same.Random((rows + 15) / 16 * block, 1);
        var dy = Same.Random(rows * padded, 2);
        float[] expected = Same.Untouched(depth * padded), actual = Same.Untouched(depth * padded);
        float[] expectedBias = Same.Untouched(padded), bias = Same.Untouched(padded);
        // The bias's gradient is no product: first both, then the weight's again.
        fixed (float* px = x, pdy = dy, pdw = expected, pb = expectedBias, ox = operand(x), ody = operand(dy))
        {
            Cpu.WeightGradient<V128>([new(px, block, row, column, pdw, depth)], pdy, padded, rows, columns, 0, Cpu.WeightGradientItems(depth, columns), pb);
            Cpu.WeightGradient<V128>([new(ox, block, row, column, pdw, depth)], ody, padded, rows, columns, 0, Cpu.WeightGradientItems(depth, columns));
        }
        Bench.Run(kernels, "WeightGradientBias", DeviceWork.DenseWeightGradientBias(rows, depth, columns), x, dy, actual, bias, block, row, column, padded, rows, depth, columns);
        Same.Bits(expected, actual, "weight");
        Same.Bits(expectedBias, bias, "bias");
    }

    [DeviceTheory]
    [InlineData(7, 10)]
    [InlineData(40, 70)]
    [InlineData(64, 33)]
    public void Transposed_panels_have_the_bits_of_the_CPU(int depth, int columns)
    {
        var from = Weight(depth, columns, 1);
        float[] expected = Same.Untouched(columns * ((depth + 15) / 16 * 16)), actual = Same.Untouched(expected.Length);
        fixed (float* pf = from, pt = expected) Cpu.TransposePanels(pf, pt, depth, columns);
        Bench.Run(typeof(Kernels), "TransposePanels", DeviceWork.TransposePanels(depth, columns), from, actual, depth, columns);
        Same.Bits(expected, actual, $"{depth}×{columns}");
    }

    /// <summary>A matrix in Panels.</summary>
    internal static float[] Weight(int depth, int columns, int seed)
    {
        var panels = Same.Random(depth * ((columns + 15) / 16 * 16), seed);
        fixed (float* p = panels) Kiln.Kernels.Sums.ClearPads(p, depth, columns);
        return panels;
    }
}
