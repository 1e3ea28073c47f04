using ILGPU;
using Kiln.Gpu.Kernels;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.Sums;
using OnDevice = Kiln.Gpu.Kernels.Sums;

namespace Gpu.Tests;

/// <summary>Sums on a device: in the CPU's order.</summary>
public unsafe class SumTests
{
    public static class Kernels
    {
        public static void OfLanes(ArrayView<float> x, ArrayView<float> y, int features, int rows) => OnDevice.OfLanes(x, y, features, rows);
        public static void OfRows(ArrayView<float> x, ArrayView<float> y, int stride, int features, int rows) => OnDevice.OfRows(x, y, stride, features, rows);
        public static void AddRows(ArrayView<float> x, ArrayView<float> labels, ArrayView<float> y, int stride, int labelStride, int labelCount, int columns, int rows) => OnDevice.AddRows(x, labels, y, stride, labelStride, labelCount, columns, rows);

        /// <summary>A map as the generator writes it: Σ x².</summary>
        public static void Total(ArrayView<float> y, ArrayView<float> x, int whole, int extent)
        {
            var total = Lane.Zero;
            for (var first = 0; first < whole; first += OnDevice.TotalStep)
            {
                var sum = Lane.Zero;
                var end = OnDevice.TotalEnd(first, whole);
                for (var i = OnDevice.TotalBegin(first); i < end; i += 16) sum += Lane.Load(x, i) * Lane.Load(x, i);
                total = OnDevice.AddSegments(total, sum);
            }
            if (Group.IdxX < extent - whole) total += Lane.Load(x, whole + Group.IdxX) * Lane.Load(x, whole + Group.IdxX);
            OnDevice.Total(y, total);
        }
    }

    [DeviceTheory]
    [InlineData(1, 1)]
    [InlineData(16, 8)]
    [InlineData(300, 19)]
    [InlineData(1003, 37)]
    public void Over_the_batch(int rows, int features)
    {
        var lanes = Same.Random(DeviceWork.Lanes(rows, features));
        var (expected, actual) = (Same.Untouched(features + 1), Same.Untouched(features + 1));
        fixed (float* x = lanes, y = expected) Cpu.OfLanes<V128>(x, features, rows, y, 0, features);
        Bench.Run(typeof(Kernels), "OfLanes", 16 * features, lanes, actual, features, rows);
        Same.Bits(expected, actual, "OfLanes");

        var stride = Same.Round16(features);
        var inRows = Same.Random(rows * stride);
        (expected, actual) = (Same.Untouched(stride), Same.Untouched(stride));
        fixed (float* x = inRows, y = expected) Cpu.OfRows<V128>(x, stride, features, rows, y, 0, stride / 16);
        Bench.Run(typeof(Kernels), "OfRows", 16 * stride, inRows, actual, stride, features, rows);
        Same.Bits(expected, actual, "OfRows");
    }

    [DeviceTheory]
    [InlineData(1, 1, 1)]
    [InlineData(100, 7, 21)]
    [InlineData(65, 12, 16)]
    public void Rows_by_their_labels(int rows, int labelCount, int columns)
    {
        var stride = Same.Round16(columns);
        var x = Same.Random(rows * stride);
        var labels = new float[16 * rows];
        for (var row = 0; row < rows; row++) labels[16 * row] = row * 5 % Math.Max(1, labelCount - 1);
        var (expected, actual) = (Same.Untouched(Same.Round16(labelCount * columns)), Same.Untouched(Same.Round16(labelCount * columns)));
        fixed (float* from = x, l = labels, y = expected) Cpu.AddRows<V128>(from, stride, l, 16, rows, y, labelCount, columns, 0, stride / 16);
        Bench.Run(typeof(Kernels), "AddRows", actual.Length, x, labels, actual, stride, 16, labelCount, columns, rows);
        Same.Bits(expected, actual, "AddRows");
    }

    [DeviceTheory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(4099)]
    [InlineData(100007)]
    public void Of_all_elements(int extent)
    {
        var x = Same.Random(extent);
        var whole = extent / 16 * 16;
        // As the CPU's kernel of the same map has it.
        var chains = new float[16];
        for (var segment = 0; segment < whole; segment += 4096)
        {
            var sums = new float[16];
            for (var i = segment; i < Math.Min(segment + 4096, whole); i++) sums[i % 16] += x[i] * x[i];
            for (var lane = 0; lane < 16; lane++) chains[lane] += sums[lane];
        }
        for (var i = whole; i < extent; i++) chains[i % 16] += x[i] * x[i];
        float expected;
        fixed (float* lanes = chains) expected = Cpu.Tree(lanes);
        var actual = Same.Untouched(1);
        Bench.Run(typeof(Kernels), "Total", 128, actual, x, whole, extent);
        Same.Bits([expected], actual, "Total");
    }
}
