using ILGPU;
using Kiln.Gpu.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.Layouts;
using OnDevice = Kiln.Gpu.Kernels.Layouts;
using Work = Kiln.Kernels.DeviceWork;

namespace Gpu.Tests;

/// <summary>Moves between storages on a device: what the CPU's leave in memory, and nothing beside it.</summary>
public unsafe class LayoutTests
{
    public static class Kernels
    {
        public static void RowsToLanes(ArrayView<float> from, ArrayView<float> to, int stride, int features, int rows) => OnDevice.RowsToLanes(Threads.Index, from, to, stride, features, rows);
        public static void LanesToRows(ArrayView<float> from, ArrayView<float> to, int stride, int features, int rows) => OnDevice.LanesToRows(Threads.Index, from, to, stride, features, rows);
        public static void LanesToChannels(ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int stride, int rows) => OnDevice.LanesToChannels(Threads.Index, from, to, channels, pixels, stride, rows);
        public static void ChannelsToLanes(ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int stride, int rows) => OnDevice.ChannelsToLanes(Threads.Index, from, to, channels, pixels, stride, rows);
        public static void RowsToChannels(ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int fromStride, int toStride, int rows) => OnDevice.RowsToChannels(Threads.Index, from, to, channels, pixels, fromStride, toStride, rows);
        public static void ChannelsToRows(ArrayView<float> from, ArrayView<float> to, int channels, int pixels, int fromStride, int toStride, int rows) => OnDevice.ChannelsToRows(Threads.Index, from, to, channels, pixels, fromStride, toStride, rows);
        public static void RowsToRows(ArrayView<float> from, ArrayView<float> to, int fromStride, int toStride, int features, int rows) => OnDevice.RowsToRows(Threads.Index, from, to, fromStride, toStride, features, rows);
        public static void Copy(ArrayView<float> from, ArrayView<float> to, int floats) => OnDevice.Copy(Threads.Index, from, to, floats);
        public static void ClearDeadLanes(ArrayView<float> lanes, int features, int rows, int steps) => OnDevice.ClearDeadLanes(Threads.Index, lanes, features, rows, steps);
        public static void BytesToLanes(ArrayView<byte> from, ArrayView<float> to, int features, int rows) => OnDevice.BytesToLanes(Threads.Index, from, to, features, rows, 127.3f, 0.0123f);
        public static void BytesToRows(ArrayView<byte> from, ArrayView<float> to, int features, int stride, int rows) => OnDevice.BytesToRows(Threads.Index, from, to, features, stride, rows, 127.3f, 0.0123f);
        public static void ReadLabels(ArrayView<int> from, ArrayView<float> to, int perSample, int rows) => OnDevice.ReadLabels(Threads.Index, from, to, perSample, rows);
        public static void LabelsToRows(ArrayView<int> from, ArrayView<float> to, int perSample, int stride, int rows) => OnDevice.LabelsToRows(Threads.Index, from, to, perSample, stride, rows);
        public static void WriteLabels(ArrayView<float> from, ArrayView<int> to, int perSample, int rows) => OnDevice.WriteLabels(Threads.Index, from, to, perSample, rows);
        public static void WriteFlatLabels(ArrayView<float> from, ArrayView<int> to, int count) => OnDevice.WriteLabels(Threads.Index, from, to, count);
        public static void FlatToPanels(ArrayView<float> flat, ArrayView<float> panels, int depth, int columns, int transposed) => OnDevice.FlatToPanels(Threads.Index, flat, panels, depth, columns, transposed != 0);
        public static void PanelsToFlat(ArrayView<float> panels, ArrayView<float> flat, int depth, int columns, int transposed) => OnDevice.PanelsToFlat(Threads.Index, panels, flat, depth, columns, transposed != 0);
        public static void KernelToPanels(ArrayView<float> flat, ArrayView<float> panels, int outChannels, int channels, int pixels) => OnDevice.KernelToPanels(Threads.Index, flat, panels, outChannels, channels, pixels);
        public static void PanelsToKernel(ArrayView<float> panels, ArrayView<float> flat, int outChannels, int channels, int pixels) => OnDevice.PanelsToKernel(Threads.Index, panels, flat, outChannels, channels, pixels);
        public static void ClearPads(ArrayView<float> panels, int k, int m) => Kiln.Gpu.Kernels.Sums.ClearPads(panels, k, m);
    }

    private delegate void Block(float* from, float* to, int block, int live);

    [DeviceTheory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(37, 21)]
    public void Rows_and_lanes(int rows, int features)
    {
        var stride = Same.Round16(features) + 16;
        var (inRows, inLanes) = (rows * stride, Work.Lanes(rows, features));
        Check("RowsToLanes", Same.Random(inRows), inLanes, rows, inLanes, (from, to, block, live) => Cpu.RowsToLanes(from + block * 16 * stride, stride, live, features, to + block * 16 * features), stride, features, rows);
        Check("LanesToRows", Same.Random(inLanes), inRows, rows, rows * features, (from, to, block, live) => Cpu.LanesToRows(from + block * 16 * features, features, to + block * 16 * stride, stride, live), stride, features, rows);
        Check("RowsToRows", Same.Random(inRows), rows * features, rows, rows * features, (from, to, block, live) => Cpu.RowsToRows(from + block * 16 * stride, stride, to + block * 16 * features, features, live, features), stride, features, features, rows);
        Check("Copy", Same.Random(inRows), inRows + 5, 1, inRows, (from, to, _, _) => Cpu.Copy(from, to, inRows), inRows);
    }

    [DeviceTheory]
    [InlineData(1, 3, 4)]
    [InlineData(19, 16, 9)]
    [InlineData(5, 1024, 2)]
    [InlineData(33, 37, 5)]
    public void Channels(int rows, int channels, int pixels)
    {
        var stride = Cpu.PixelFloats(channels) * pixels;
        var features = channels * pixels;
        var (inChannels, inLanes, inRows) = (rows * stride, Work.Lanes(rows, features), rows * (features + 3));
        Assert.Equal(Cpu.PixelFloats(channels), OnDevice.PixelFloats(channels));
        Check("LanesToChannels", Same.Random(inLanes), inChannels, rows, Work.Channels(rows, channels, pixels), (from, to, block, live) => Cpu.LanesToChannels(from + block * 16 * features, channels, pixels, to + block * 16 * stride, stride, live), channels, pixels, stride, rows);
        Check("ChannelsToLanes", Same.Random(inChannels), inLanes, rows, inLanes, (from, to, block, live) => Cpu.ChannelsToLanes(from + block * 16 * stride, stride, channels, pixels, live, to + block * 16 * features), channels, pixels, stride, rows);
        Check("RowsToChannels", Same.Random(inRows), inChannels, rows, Work.Channels(rows, channels, pixels), (from, to, block, live) =>
        {
            for (var row = 16 * block; row < 16 * block + live; row++) Cpu.RowToChannels(from + row * (features + 3), channels, pixels, to + row * stride);
        }, channels, pixels, features + 3, stride, rows);
        Check("ChannelsToRows", Same.Random(inChannels), inRows, rows, rows * features, (from, to, block, live) =>
        {
            for (var row = 16 * block; row < 16 * block + live; row++) Cpu.ChannelsToRow(from + row * stride, channels, pixels, to + row * (features + 3));
        }, channels, pixels, stride, features + 3, rows);
    }

    [DeviceTheory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 16, 4)]
    [InlineData(9, 32, 1)]
    [InlineData(6, 45, 2)]
    [InlineData(10, 53, 5)]
    public void Panels(int rows, int columns, int pixels)
    {
        var depth = rows * pixels;
        var (flat, panels) = (depth * columns, depth * Same.Round16(columns));
        for (var t = 0; t < 2; t++)
        {
            var transposed = t == 1;
            Check("FlatToPanels", Same.Random(flat), panels, 1, panels, (from, to, _, _) => Cpu.FlatToPanels(from, to, depth, columns, transposed), depth, columns, t);
            Check("PanelsToFlat", Same.Random(panels), flat, 1, flat, (from, to, _, _) => Cpu.PanelsToFlat(from, to, depth, columns, transposed), depth, columns, t);
        }
        Check("KernelToPanels", Same.Random(flat), panels, 1, panels, (from, to, _, _) => Cpu.KernelToPanels(from, to, columns, rows, pixels), columns, rows, pixels);
        Check("PanelsToKernel", Same.Random(panels), flat, 1, flat, (from, to, _, _) => Cpu.PanelsToKernel(from, to, columns, rows, pixels), columns, rows, pixels);

        var (expected, actual) = (Same.Random(panels), Same.Random(panels));
        fixed (float* y = expected) Kiln.Kernels.Sums.ClearPads(y, depth, columns);
        Bench.Run(typeof(Kernels), "ClearPads", 16 * depth, actual, depth, columns);
        Same.Bits(expected, actual, "ClearPads");
    }

    [DeviceTheory]
    [InlineData(1, 1)]
    [InlineData(21, 19)]
    public void Bytes_and_labels(int rows, int features)
    {
        var stride = Same.Round16(features);
        var bytes = new byte[rows * features];
        new Random(3).NextBytes(bytes);
        int[] labels = [.. bytes.Select(b => b - 100)];
        var (lanes, inRows) = (Work.Lanes(rows, features), rows * stride);

        var (expected, actual) = (Same.Untouched(lanes), Same.Untouched(lanes));
        fixed (byte* from = bytes) fixed (float* to = expected) Blocks(from, to, rows, (f, t, block, live) => Cpu.BytesToLanes((byte*)f + block * 16 * features, features, live, features, 127.3f, 0.0123f, t + block * 16 * features));
        Bench.Run(typeof(Kernels), "BytesToLanes", lanes, bytes, actual, features, rows);
        Same.Bits(expected, actual, "BytesToLanes");

        (expected, actual) = (Same.Untouched(inRows), Same.Untouched(inRows));
        fixed (byte* from = bytes) fixed (float* to = expected) Cpu.BytesToRows(from, features, rows, features, 127.3f, 0.0123f, to, stride);
        Bench.Run(typeof(Kernels), "BytesToRows", rows * features, bytes, actual, features, stride, rows);
        Same.Bits(expected, actual, "BytesToRows");

        (expected, actual) = (Same.Untouched(lanes), Same.Untouched(lanes));
        fixed (int* from = labels) fixed (float* to = expected) Blocks(from, to, rows, (f, t, block, live) => Cpu.ReadLabels((int*)f + block * 16 * features, features, live, t + block * 16 * features));
        Bench.Run(typeof(Kernels), "ReadLabels", lanes, labels, actual, features, rows);
        Same.Bits(expected, actual, "ReadLabels");
        var written = new int[labels.Length];
        Bench.Run(typeof(Kernels), "WriteLabels", rows * features, actual, written, features, rows);
        Assert.Equal(labels, written);

        (expected, actual) = (Same.Untouched(inRows), Same.Untouched(inRows));
        fixed (int* from = labels) fixed (float* to = expected) Kiln.Kernels.TimeSteps.ReadRows(from, features, 1, null, 0, 0, rows, to, stride);
        Bench.Run(typeof(Kernels), "LabelsToRows", inRows, labels, actual, features, stride, rows);
        Same.Bits(expected, actual, "LabelsToRows");

        Array.Clear(written);
        Bench.Run(typeof(Kernels), "WriteFlatLabels", labels.Length, labels.Select(l => (float)l).ToArray(), written, labels.Length);
        Assert.Equal(labels, written);
    }

    [DeviceTheory]
    [InlineData(16, 3, 2)]
    [InlineData(37, 5, 3)]
    public void Dead_lanes_are_cleared(int rows, int features, int steps)
    {
        var floats = Work.Lanes(rows, features);
        var (expected, actual) = (Same.Random(steps * floats), Same.Random(steps * floats));
        fixed (float* lanes = expected)
            for (var step = 0; step < steps; step++) Cpu.ClearDeadLanes(lanes + step * floats, features, rows);
        Bench.Run(typeof(Kernels), "ClearDeadLanes", steps * 16 * features, actual, features, rows, steps);
        Same.Bits(expected, actual, "ClearDeadLanes");
    }

    /// <summary>A move of all rows, on the CPU block by block.</summary>
    private static void Check(string name, float[] from, int floats, int rows, int threads, Block onCpu, params int[] numbers)
    {
        var (expected, actual) = (Same.Untouched(floats), Same.Untouched(floats));
        fixed (float* source = from, target = expected) Blocks(source, target, rows, onCpu);
        Bench.Run(typeof(Kernels), name, threads, [from, actual, .. numbers]);
        Same.Bits(expected, actual, name);
    }

    private static void Blocks(void* from, float* to, int rows, Block onCpu)
    {
        for (var block = 0; 16 * block < rows; block++) onCpu((float*)from, to, block, Math.Min(16, rows - 16 * block));
    }
}
