using ILGPU;
using Kiln.Gpu.Kernels;
using Kiln.Kernels;
using Xunit;
using Cpu = Kiln.Kernels.Philox;
using OnDevice = Kiln.Gpu.Kernels.Philox;

namespace Gpu.Tests;

/// <summary>Random numbers on a device: the CPU's, bit by bit.</summary>
public unsafe class PhiloxTests
{
    public static class Kernels
    {
        public static void FillUniformLanes(ArrayView<float> target, ArrayView<int> call, int features, int stream, int rows, int time) => OnDevice.FillUniformLanes(Threads.Index, target, call, features, (uint)stream, rows, time);
        public static void FillNormalLanes(ArrayView<float> target, ArrayView<int> call, int features, int stream, int rows, int time) => OnDevice.FillNormalLanes(Threads.Index, target, call, features, (uint)stream, rows, time);
        public static void FillUniformRows(ArrayView<float> target, ArrayView<int> call, int features, int stride, int stream, int rows, int time) => OnDevice.FillUniformRows(Threads.Index, target, call, features, stride, (uint)stream, rows, time);
        public static void FillNormalRows(ArrayView<float> target, ArrayView<int> call, int features, int stride, int stream, int rows, int time) => OnDevice.FillNormalRows(Threads.Index, target, call, features, stride, (uint)stream, rows, time);
        public static void FillUniformFlat(ArrayView<float> target, ArrayView<int> call, int features, int stream) => OnDevice.FillUniformFlat(Threads.Index, target, call, features, (uint)stream);
        public static void FillNormalFlat(ArrayView<float> target, ArrayView<int> call, int features, int stream) => OnDevice.FillNormalFlat(Threads.Index, target, call, features, (uint)stream);
    }

    [DeviceTheory]
    [InlineData(1, 1, 0, 7ul, 0ul, 0ul)]
    [InlineData(37, 22, 0, 0x123456789ABCDEFul, 0x500000003ul, 5ul)]
    [InlineData(21, 67, 9, ulong.MaxValue, 12ul, 0xFFFFFFFAul)]
    public void Draws(int rows, int features, int time, ulong seed, ulong step, ulong firstSample)
    {
        var stream = Cpu.StreamOf("noise");
        int[] call = [(int)seed, (int)(seed >> 32), (int)step, (int)(step >> 32), (int)firstSample, (int)(firstSample >> 32)];
        var (lanes, stride) = (DeviceWork.Lanes(rows, features), Same.Round16(features));
        var sample = firstSample + ((ulong)time << 40);
        for (var normal = 0; normal < 2; normal++)
        {
            var kind = normal == 1 ? "FillNormal" : "FillUniform";
            var (expected, actual) = (Same.Untouched(lanes), Same.Untouched(lanes));
            fixed (float* y = expected)
                for (var block = 0; block < (rows + 15) / 16; block++)
                    if (normal == 1) Cpu.FillNormalLanes<V128>(y + block * 16 * features, features, seed, stream, step, sample + 16 * (ulong)block);
                    else Cpu.FillUniformLanes<V128>(y + block * 16 * features, features, seed, stream, step, sample + 16 * (ulong)block);
            Bench.Run(typeof(Kernels), kind + "Lanes", DeviceWork.DrawLanes(rows, features), actual, call, features, (int)stream, rows, time);
            Same.Bits(expected, actual, kind + "Lanes");

            (expected, actual) = (Same.Untouched(rows * stride), Same.Untouched(rows * stride));
            fixed (float* y = expected)
                for (var row = 0; row < rows; row++)
                    if (normal == 1) Cpu.FillNormalRows<V128>(y + row * stride, features, seed, stream, step, sample + (ulong)row);
                    else Cpu.FillUniformRows(y + row * stride, features, seed, stream, step, sample + (ulong)row);
            Bench.Run(typeof(Kernels), kind + "Rows", DeviceWork.DrawRows(rows, features), actual, call, features, stride, (int)stream, rows, time);
            Same.Bits(expected, actual, kind + "Rows");

            (expected, actual) = (Same.Untouched(stride), Same.Untouched(stride));
            fixed (float* y = expected)
                if (normal == 1) Cpu.FillNormalRows<V128>(y, features, seed, stream, step, ulong.MaxValue);
                else Cpu.FillUniformRows(y, features, seed, stream, step, ulong.MaxValue);
            Bench.Run(typeof(Kernels), kind + "Flat", DeviceWork.DrawRows(1, features), actual, call, features, (int)stream);
            Same.Bits(expected, actual, kind + "Flat");
        }
    }
}
