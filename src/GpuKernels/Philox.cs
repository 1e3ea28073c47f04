using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// The random numbers of <see cref="Kiln.Kernels.Philox"/>: a function of seed, stream, step, sample and element. A thread, whose number is <c>i</c>, draws the four elements of a sample that share a counter.
/// </summary>
/// <remarks>
/// What changes from call to call lies in device memory, so that launches can be repeated as they are: seed, step and the number of the first sample, the low half of each before its high half.
/// Draws of different steps of time differ: their samples are numbered apart, by <c>time</c>, which is 0 for a value without time and else one more than the number of the step.
/// </remarks>
public static class Philox
{
    private const int Block = 16;

    /// <summary>Blocks of 16 samples, [feature][16], uniform in [0, 1).</summary>
    public static void FillUniformLanes(int i, ArrayView<float> target, ArrayView<int> call, int features, uint stream, int rows, int time)
    {
        if (i >= DeviceWork.DrawLanes(rows, features)) return;
        PutLanes(target, features, i, Draw(call, Group(i, features), stream, Sample(i, features), time));
    }

    /// <summary>Blocks of 16 samples, [feature][16], normal with mean 0 and deviation 1.</summary>
    public static void FillNormalLanes(int i, ArrayView<float> target, ArrayView<int> call, int features, uint stream, int rows, int time)
    {
        if (i >= DeviceWork.DrawLanes(rows, features)) return;
        PutLanes(target, features, i, Normal(Draw(call, Group(i, features), stream, Sample(i, features), time)));
    }

    /// <summary>Rows, uniform in [0, 1); pads are not written.</summary>
    public static void FillUniformRows(int i, ArrayView<float> target, ArrayView<int> call, int features, int stride, uint stream, int rows, int time)
    {
        if (i >= DeviceWork.DrawRows(rows, features)) return;
        var row = i / Groups(features);
        var group = i - row * Groups(features);
        PutRow(target, features, row * stride, group, Draw(call, group, stream, row, time));
    }

    /// <summary>Rows, normal with mean 0 and deviation 1; pads are not written.</summary>
    public static void FillNormalRows(int i, ArrayView<float> target, ArrayView<int> call, int features, int stride, uint stream, int rows, int time)
    {
        if (i >= DeviceWork.DrawRows(rows, features)) return;
        var row = i / Groups(features);
        var group = i - row * Groups(features);
        PutRow(target, features, row * stride, group, Normal(Draw(call, group, stream, row, time)));
    }

    /// <summary>A value without batch axis, uniform in [0, 1).</summary>
    public static void FillUniformFlat(int i, ArrayView<float> target, ArrayView<int> call, int features, uint stream)
    {
        if (i < Groups(features)) PutRow(target, features, 0, i, DrawFlat(call, i, stream));
    }

    /// <summary>A value without batch axis, normal with mean 0 and deviation 1.</summary>
    public static void FillNormalFlat(int i, ArrayView<float> target, ArrayView<int> call, int features, uint stream)
    {
        if (i < Groups(features)) PutRow(target, features, 0, i, Normal(DrawFlat(call, i, stream)));
    }

    /// <summary>Four numbers.</summary>
    internal struct Four
    {
        public float A, B, C, D;
    }

    private static int Groups(int features) => (features + 3) / 4;

    // Of Lanes: [block][group][16].
    private static int Group(int i, int features) => i / Block % Groups(features);

    private static int Sample(int i, int features) => i / (Block * Groups(features)) * Block + i % Block;

    private static Four Draw(ArrayView<int> call, int group, uint stream, int sample, int time)
    {
        var first = (uint)call[4];
        var low = first + (uint)sample;
        var high = (uint)call[5] + (low < first ? 1u : 0u) + ((uint)time << 8);
        return Draw(call, group, stream, low, high);
    }

    private static Four DrawFlat(ArrayView<int> call, int group, uint stream) => Draw(call, group, stream, 0xFFFFFFFFu, 0xFFFFFFFFu);

    private static Four Draw(ArrayView<int> call, int group, uint stream, uint sampleLow, uint sampleHigh) =>
        Draw((uint)group, (uint)call[0], (uint)call[1], stream, (uint)call[2], (uint)call[3], sampleLow, sampleHigh);

    /// <summary>Ten rounds over one counter, and the uniform numbers that its words are.</summary>
    internal static Four Draw(uint group, uint seedLow, uint seedHigh, uint stream, uint stepLow, uint stepHigh, uint sampleLow, uint sampleHigh)
    {
        uint c0 = group, c1 = sampleLow, c2 = stepLow, c3 = stream;
        var key0 = seedLow ^ (stepHigh * 0x85EBCA6Bu);
        var key1 = seedHigh ^ (sampleHigh * 0xC2B2AE35u);
        for (var round = 0; round < 10; round++)
        {
            var high0 = Numerics.MultiplyHigh(0xD2511F53u, c0);
            var low0 = 0xD2511F53u * c0;
            var high1 = Numerics.MultiplyHigh(0xCD9E8D57u, c2);
            var low1 = 0xCD9E8D57u * c2;
            c0 = high1 ^ c1 ^ key0;
            c1 = low1;
            c2 = high0 ^ c3 ^ key1;
            c3 = low0;
            key0 += 0x9E3779B9u;
            key1 += 0xBB67AE85u;
        }
        return new Four { A = Uniform(c0), B = Uniform(c1), C = Uniform(c2), D = Uniform(c3) };
    }

    private static float Uniform(uint word) => (int)(word >> 8) * (1f / 16777216f);

    /// <summary>Box-Muller over both pairs.</summary>
    internal static Four Normal(Four u)
    {
        var first = Radius(u.A);
        var second = Radius(u.C);
        var (firstAngle, secondAngle) = (Lane.Broadcast(u.B) * Lane.Broadcast(6.28318531f), Lane.Broadcast(u.D) * Lane.Broadcast(6.28318531f));
        return new Four
        {
            A = (first * VectorMath.Cos(firstAngle)).Value,
            B = (first * VectorMath.Sin(firstAngle)).Value,
            C = (second * VectorMath.Cos(secondAngle)).Value,
            D = (second * VectorMath.Sin(secondAngle)).Value,
        };
    }

    // 1 − u is exact and never 0.
    private static Lane Radius(float u) => Lane.Sqrt(Lane.Broadcast(-2f) * VectorMath.Log(Lane.Broadcast(1f) - Lane.Broadcast(u)));

    private static void PutLanes(ArrayView<float> target, int features, int i, Four numbers)
    {
        var feature = 4 * Group(i, features);
        Put(target, i / (Block * Groups(features)) * Block * features + feature * Block + i % Block, Block, features - feature, numbers);
    }

    private static void PutRow(ArrayView<float> target, int features, int first, int group, Four numbers) => Put(target, first + 4 * group, 1, features - 4 * group, numbers);

    private static void Put(ArrayView<float> target, int at, int step, int count, Four numbers)
    {
        target[at] = numbers.A;
        if (count > 1) target[at + step] = numbers.B;
        if (count > 2) target[at + 2 * step] = numbers.C;
        if (count > 3) target[at + 3 * step] = numbers.D;
    }
}
