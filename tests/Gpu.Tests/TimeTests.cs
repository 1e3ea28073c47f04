using ILGPU;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.TimeSteps;
using OnDevice = Kiln.Gpu.Kernels.TimeSteps;

namespace Gpu.Tests;

/// <summary>Steps of time on a device: what the CPU's functions leave in memory.</summary>
public unsafe class TimeTests
{
    public static class Kernels
    {
        public static void ReadRows(ArrayView<float> source, ArrayView<int> lengths, ArrayView<float> y, int features, int stride, int known, int rows, int steps, int step) => OnDevice.ReadRows(source, lengths, y, features, stride, known != 0, rows, steps, step);
        public static void ReadRowsOfLabels(ArrayView<int> source, ArrayView<int> lengths, ArrayView<float> y, int features, int stride, int known, int rows, int steps, int step) => OnDevice.ReadRows(source, lengths, y, features, stride, known != 0, rows, steps, step);
        public static void ReadRowsOfBytes(ArrayView<byte> source, ArrayView<int> lengths, ArrayView<float> y, int features, int stride, int known, int rows, int steps, int step) => OnDevice.ReadRows(source, lengths, y, features, stride, known != 0, rows, steps, step, 3.7f, 0.11f);
        public static void ReadLanes(ArrayView<float> source, ArrayView<int> lengths, ArrayView<float> y, int features, int known, int rows, int steps, int step) => OnDevice.ReadLanes(source, lengths, y, features, known != 0, rows, steps, step);
        public static void ReadLanesOfLabels(ArrayView<int> source, ArrayView<int> lengths, ArrayView<float> y, int features, int known, int rows, int steps, int step) => OnDevice.ReadLanes(source, lengths, y, features, known != 0, rows, steps, step);
        public static void ReadLanesOfBytes(ArrayView<byte> source, ArrayView<int> lengths, ArrayView<float> y, int features, int known, int rows, int steps, int step) => OnDevice.ReadLanes(source, lengths, y, features, known != 0, rows, steps, step, 3.7f, 0.11f);
        public static void WriteRows(ArrayView<float> x, ArrayView<float> target, ArrayView<int> lengths, int features, int stride, int every, int known, int rows, int steps, int step) => OnDevice.WriteRows(x, target, lengths, features, stride, every, known != 0, rows, steps, step);
        public static void WriteRowsOfLabels(ArrayView<float> x, ArrayView<int> target, ArrayView<int> lengths, int features, int stride, int every, int known, int rows, int steps, int step) => OnDevice.WriteRows(x, target, lengths, features, stride, every, known != 0, rows, steps, step);
        public static void WriteLanes(ArrayView<float> x, ArrayView<float> target, ArrayView<int> lengths, int features, int every, int known, int rows, int steps, int step) => OnDevice.WriteLanes(x, target, lengths, features, every, known != 0, rows, steps, step);
        public static void WriteLanesOfLabels(ArrayView<float> x, ArrayView<int> target, ArrayView<int> lengths, int features, int every, int known, int rows, int steps, int step) => OnDevice.WriteLanes(x, target, lengths, features, every, known != 0, rows, steps, step);
        public static void LengthsToRows(ArrayView<int> lengths, ArrayView<float> y, int every, int stride, int rows) => OnDevice.LengthsToRows(lengths, y, every, stride, rows);
        public static void LengthsToLanes(ArrayView<int> lengths, ArrayView<float> y, int every, int rows) => OnDevice.LengthsToLanes(lengths, y, every, rows);
        public static void Shift(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, int known, int distance, int rows, int stepStride, int steps, int step) => OnDevice.Shift(x, y, lengths, features, rowStride, every, known != 0, distance, rows, stepStride, steps, step);
        public static void Reverse(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, int known, int distance, int rows, int stepStride, int steps, int step) => OnDevice.Reverse(x, y, lengths, features, rowStride, every, known != 0, distance, rows, stepStride, steps, step);
        public static void Every(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, int known, int distance, int rows, int stepStride, int steps, int step) => OnDevice.Every(x, y, lengths, features, rowStride, every, known != 0, distance, rows, stepStride, steps, step);
        public static void Spread(ArrayView<float> x, ArrayView<float> y, ArrayView<int> lengths, int features, int rowStride, int every, int known, int distance, int rows, int stepStride, int steps, int step) => OnDevice.Spread(x, y, lengths, features, rowStride, every, known != 0, distance, rows, stepStride, steps, step);
        public static void OfAxis(ArrayView<float> x, ArrayView<float> y, int xStride, int yStride, int features, int rows, int step) => OnDevice.OfAxis(x, y, xStride, yStride, features, rows, step);
        public static void ToAxis(ArrayView<float> x, ArrayView<float> y, int xStride, int features, int yStride, int rows, int stepStride, int steps) => OnDevice.ToAxis(x, y, xStride, features, yStride, rows, stepStride, steps);
        public static void Sum(ArrayView<float> x, ArrayView<float> y, int stride, int steps, int floats) => OnDevice.Sum(x, y, stride, steps, floats);
        public static void Max(ArrayView<float> x, ArrayView<float> y, int stride, int steps, int floats) => OnDevice.Max(x, y, stride, steps, floats);
        public static void PickRows(ArrayView<float> table, ArrayView<float> labels, ArrayView<float> y, int columns, int labelStride, int stride, int rows) => OnDevice.PickRows(table, labels, y, columns, labelStride, stride, rows);
    }

    private const int Rows = 21, Features = 5, Steps = 7, Stride = 16;

    /// <summary>From 1 to all.</summary>
    private static readonly int[] Lengths = [.. Enumerable.Range(0, Rows).Select(i => 1 + i * 3 % Steps)];

    [DeviceTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_callers_steps(bool known)
    {
        var n = known ? 1 : 0;
        var bytes = new byte[Rows * Steps * Features];
        new Random(5).NextBytes(bytes);
        int[] labels = [.. bytes.Select(b => b - 100)];
        float[] floats = [.. labels.Select(l => l * 0.37f)];
        var lanes = DeviceWork.Lanes(Rows, Features);
        fixed (int* given = Lengths, ints = labels)
        fixed (float* source = floats)
        fixed (byte* small = bytes)
            for (var step = 0; step < Steps; step += 3)
            {
                var lengths = known ? given : null;
                foreach (var (kind, array) in new (string, Array)[] { ("", floats), ("OfLabels", labels), ("OfBytes", bytes) })
                {
                    var (expected, actual) = (Same.Untouched(Rows * Stride), Same.Untouched(Rows * Stride));
                    fixed (float* y = expected)
                        if (kind == "") Cpu.ReadRows(source, Features, Steps, lengths, step, 0, Rows, y, Stride);
                        else if (kind == "OfLabels") Cpu.ReadRows(ints, Features, Steps, lengths, step, 0, Rows, y, Stride);
                        else Cpu.ReadRows(small, Features, Steps, lengths, step, 0, Rows, 3.7f, 0.11f, y, Stride);
                    Bench.Run(typeof(Kernels), "ReadRows" + kind, Rows * Stride, array, Lengths, actual, Features, Stride, n, Rows, Steps, step);
                    Same.Bits(expected, actual, "ReadRows" + kind);

                    (expected, actual) = (Same.Untouched(lanes), Same.Untouched(lanes));
                    fixed (float* y = expected)
                        for (var row = 0; row < Rows; row += 16)
                        {
                            var to = y + row * Features;
                            var live = Math.Min(16, Rows - row);
                            if (kind == "") Cpu.ReadLanes(source, Features, Steps, lengths, step, row, live, to);
                            else if (kind == "OfLabels") Cpu.ReadLanes(ints, Features, Steps, lengths, step, row, live, to);
                            else Cpu.ReadLanes(small, Features, Steps, lengths, step, row, live, 3.7f, 0.11f, to);
                        }
                    Bench.Run(typeof(Kernels), "ReadLanes" + kind, lanes, array, Lengths, actual, Features, n, Rows, Steps, step);
                    Same.Bits(expected, actual, "ReadLanes" + kind);
                }
            }
    }

    [DeviceTheory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void Results_of_steps(bool known, int every)
    {
        var (n, steps) = (known ? 1 : 0, (Steps + every - 1) / every);
        float[] inRows = [.. Same.Random(Rows * Stride).Select(x => x * 100)], inLanes = [.. Same.Random(DeviceWork.Lanes(Rows, Features)).Select(x => x * 100)];
        fixed (int* given = Lengths)
        fixed (float* rows = inRows, lanes = inLanes)
            for (var step = 0; step < steps; step += 2)
            {
                var lengths = known ? given : null;
                var (expected, actual) = (Same.Untouched(Rows * steps * Features), Same.Untouched(Rows * steps * Features));
                fixed (float* y = expected) Cpu.WriteRows(rows, Stride, y, Features, steps, lengths, every, step, 0, Rows);
                Bench.Run(typeof(Kernels), "WriteRows", Rows * Features, inRows, actual, Lengths, Features, Stride, every, n, Rows, steps, step);
                Same.Bits(expected, actual, "WriteRows");
                fixed (float* y = expected)
                    for (var row = 0; row < Rows; row += 16) Cpu.WriteLanes(lanes + row * Features, y, Features, steps, lengths, every, step, row, Math.Min(16, Rows - row));
                Bench.Run(typeof(Kernels), "WriteLanes", Rows * Features, inLanes, actual, Lengths, Features, every, n, Rows, steps, step);
                Same.Bits(expected, actual, "WriteLanes");

                var (expectedLabels, labels) = (new int[expected.Length], new int[expected.Length]);
                fixed (int* y = expectedLabels) Cpu.WriteRows(rows, Stride, y, Features, steps, lengths, every, step, 0, Rows);
                Bench.Run(typeof(Kernels), "WriteRowsOfLabels", Rows * Features, inRows, labels, Lengths, Features, Stride, every, n, Rows, steps, step);
                Assert.Equal(expectedLabels, labels);
                fixed (int* y = expectedLabels)
                    for (var row = 0; row < Rows; row += 16) Cpu.WriteLanes(lanes + row * Features, y, Features, steps, lengths, every, step, row, Math.Min(16, Rows - row));
                Bench.Run(typeof(Kernels), "WriteLanesOfLabels", Rows * Features, inLanes, labels, Lengths, Features, every, n, Rows, steps, step);
                Assert.Equal(expectedLabels, labels);
            }
    }

    [DeviceFact]
    public void Lengths_are_numbers()
    {
        fixed (int* lengths = Lengths)
            for (var every = 1; every < 3; every++)
            {
                var (expected, actual) = (Same.Untouched(Rows * Stride), Same.Untouched(Rows * Stride));
                fixed (float* y = expected) Cpu.LengthsToRows(lengths, every, Rows, y, Stride);
                Bench.Run(typeof(Kernels), "LengthsToRows", Rows, Lengths, actual, every, Stride, Rows);
                Same.Bits(expected, actual, "LengthsToRows");
                (expected, actual) = (Same.Untouched(32), Same.Untouched(32));
                fixed (float* y = expected)
                    for (var row = 0; row < Rows; row += 16) Cpu.LengthsToLanes(lengths + row, every, Math.Min(16, Rows - row), y + row);
                Bench.Run(typeof(Kernels), "LengthsToLanes", 32, Lengths, actual, every, Rows);
                Same.Bits(expected, actual, "LengthsToLanes");
            }
    }

    [DeviceTheory]
    [InlineData("Shift", -2, 1, true)]
    [InlineData("Shift", 1, 1, false)]
    [InlineData("Reverse", 0, 1, true)]
    [InlineData("Reverse", 0, 2, true)]
    [InlineData("Every", 2, 1, true)]
    [InlineData("Every", 2, 1, false)]
    [InlineData("Spread", 2, 1, true)]
    [InlineData("Spread", 3, 1, false)]
    public void Other_steps(string kind, int distance, int every, bool known)
    {
        var (n, steps, stepStride) = (known ? 1 : 0, (Steps + every - 1) / every, Rows * Stride);
        var x = Same.Random((Steps + 1) * stepStride);
        fixed (int* given = Lengths)
        fixed (float* from = x)
            for (var step = 0; step < (kind == "Every" ? (Steps + distance - 1) / distance : steps); step++)
            {
                var lengths = known ? given : null;
                var (expected, actual) = (Same.Untouched(stepStride), Same.Untouched(stepStride));
                fixed (float* y = expected)
                    switch (kind)
                    {
                        case "Shift": Cpu.Shift(from, stepStride, y, Stride, Features, lengths, every, steps, step, distance, 0, Rows); break;
                        case "Reverse": Cpu.Reverse(from, stepStride, y, Stride, Features, lengths, every, steps, step, distance, 0, Rows); break;
                        case "Every": Cpu.Every(from, stepStride, y, Stride, Features, lengths, every, steps, step, distance, 0, Rows); break;
                        default: Cpu.Spread(from, stepStride, y, Stride, Features, lengths, every, steps, step, distance, 0, Rows); break;
                    }
                Bench.Run(typeof(Kernels), kind, stepStride, x, actual, Lengths, Features, Stride, every, n, distance, Rows, stepStride, steps, step);
                Same.Bits(expected, actual, $"{kind} {step}");
            }
    }

    [DeviceFact]
    public void An_axis_becomes_time_and_back()
    {
        var (wide, stepStride) = (Same.Round16(Steps * Features), Rows * Stride);
        float[] axis = Same.Random(Rows * wide), time = Same.Random(Steps * stepStride);
        fixed (float* a = axis, t = time)
        {
            var (expected, actual) = (Same.Untouched(stepStride), Same.Untouched(stepStride));
            fixed (float* y = expected) Cpu.OfAxis(a, wide, y, Stride, Features, 3, 0, Rows);
            Bench.Run(typeof(Kernels), "OfAxis", stepStride, axis, actual, wide, Stride, Features, Rows, 3);
            Same.Bits(expected, actual, "OfAxis");
            (expected, actual) = (Same.Untouched(Rows * wide), Same.Untouched(Rows * wide));
            fixed (float* y = expected) Cpu.ToAxis(t, stepStride, Stride, Features, Steps, y, wide, 0, Rows);
            Bench.Run(typeof(Kernels), "ToAxis", Rows * wide, time, actual, Stride, Features, wide, Rows, stepStride, Steps);
            Same.Bits(expected, actual, "ToAxis");
        }
    }

    [DeviceTheory]
    [InlineData(1)]
    [InlineData(700)]
    public void Sums_and_maxima(int steps)
    {
        const int floats = 48;
        var x = Same.Random(steps * floats);
        x[7] = float.NaN;
        foreach (var kind in new[] { "Sum", "Max" })
        {
            var (expected, actual) = (Same.Untouched(floats), Same.Untouched(floats));
            fixed (float* from = x, y = expected)
                if (kind == "Sum") Cpu.Sum<V128>(from, floats, steps, y, floats);
                else Cpu.Max<V128>(from, floats, steps, y, floats);
            Bench.Run(typeof(Kernels), kind, floats, x, actual, floats, steps, floats);
            Same.Bits(expected, actual, kind);
        }
    }

    [DeviceFact]
    public void Rows_are_picked()
    {
        float[] table = Same.Random(9 * Features), labels = new float[Rows * 16];
        for (var row = 0; row < Rows; row++) labels[16 * row] = row * 4 % 9;
        var (expected, actual) = (Same.Untouched(Rows * Stride), Same.Untouched(Rows * Stride));
        fixed (float* t = table, l = labels, y = expected) Cpu.PickRows(t, Features, l, 16, Rows, y, Stride);
        Bench.Run(typeof(Kernels), "PickRows", Rows * Stride, table, labels, actual, Features, 16, Stride, Rows);
        Same.Bits(expected, actual, "PickRows");
    }
}
