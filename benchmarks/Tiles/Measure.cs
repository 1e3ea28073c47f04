using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Kernels;

namespace Kiln.Tiles;

/// <summary>Times and peaks. Machines and hours differ: what counts is the share of the peak measured in the same run.</summary>
internal static unsafe class Measure
{
    private const int L2Floats = 512 * 1024 / sizeof(float);

    private static readonly float* L2Block = Floats(L2Floats);

    /// <summary>Seconds of one call: the best of many batches.</summary>
    public static double Seconds(Action action, double budget = 0.15)
    {
        for (var i = 0; i < 3; i++) action();
        var start = Stopwatch.GetTimestamp();
        action();
        var calls = Math.Max(1, (int)(5e-4 / Math.Max(1e-8, Stopwatch.GetElapsedTime(start).TotalSeconds)));
        var (best, total) = (double.MaxValue, 0.0);
        while (total < budget)
        {
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++) action();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            total += seconds;
            best = Math.Min(best, seconds / calls);
        }
        return best;
    }

    /// <summary>Seconds of one call, and the peak measured in turns with it: clocks move with the hour and the neighbours.</summary>
    public static (double Seconds, double Peak) WithPeak<V>(Action action) where V : struct, IVector<V>
    {
        var (seconds, peak) = (double.MaxValue, 0.0);
        for (var turn = 0; turn < 10; turn++)
        {
            seconds = Math.Min(seconds, Seconds(action, 0.02));
            peak = Math.Max(peak, Peak<V>(0.01));
        }
        return (seconds, peak);
    }

    /// <summary>Multiply-adds a second, times two, on registers alone: the best of many batches.</summary>
    public static double Peak<V>(double budget = 0.15) where V : struct, IVector<V>
    {
        var (operations, work) = PeakWork<V>();
        return operations / Seconds(work, budget);
    }

    /// <summary>Bytes a second read from the L2 cache: the best of many batches.</summary>
    public static double L2<V>() where V : struct, IVector<V>
    {
        var (bytes, work) = L2Work<V>();
        return bytes / Seconds(work);
    }

    /// <summary>Multiply-adds on registers alone, and how many floating-point operations they are.</summary>
    public static (double Operations, Action Work) PeakWork<V>() where V : struct, IVector<V>
    {
        const int rounds = 10_000;
        return (24.0 * V.Count * rounds, () => Chains<V>(rounds));
    }

    /// <summary>Reading a block that fits the L2 cache only, and how many bytes it has.</summary>
    public static (double Bytes, Action Work) L2Work<V>() where V : struct, IVector<V>
    {
        return ReadWork<V>(sizeof(float) * L2Floats);
    }

    /// <summary>Reading a block of so many bytes again and again, or one that fits the L2 cache only where that is smaller, and how many bytes it has.</summary>
    public static (double Bytes, Action Work) ReadWork<V>(double bytes) where V : struct, IVector<V>
    {
        // A turn of the loop reads 8 vectors.
        var floats = Math.Max(1, (int)Math.Min(L2Floats, bytes / sizeof(float)) / (8 * V.Count)) * 8 * V.Count;
        return (sizeof(float) * (double)floats, () => Read<V>(L2Block, floats));
    }

    public static float* Floats(int count, int seed = 1)
    {
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        var random = new Random(seed);
        for (var i = 0; i < count; i++) memory[i] = random.NextSingle() - 0.5f;
        return memory;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains<V>(int rounds) where V : struct, IVector<V>
    {
        V b = V.Broadcast(0.999f), c = V.Broadcast(0.001f);
        V a0 = b, a1 = b, a2 = b, a3 = b, a4 = b, a5 = b, a6 = b, a7 = b, a8 = b, a9 = b, a10 = b, a11 = b;
        for (var i = 0; i < rounds; i++)
        {
            a0 = V.MultiplyAdd(a0, b, c); a1 = V.MultiplyAdd(a1, b, c); a2 = V.MultiplyAdd(a2, b, c); a3 = V.MultiplyAdd(a3, b, c);
            a4 = V.MultiplyAdd(a4, b, c); a5 = V.MultiplyAdd(a5, b, c); a6 = V.MultiplyAdd(a6, b, c); a7 = V.MultiplyAdd(a7, b, c);
            a8 = V.MultiplyAdd(a8, b, c); a9 = V.MultiplyAdd(a9, b, c); a10 = V.MultiplyAdd(a10, b, c); a11 = V.MultiplyAdd(a11, b, c);
        }
        var lanes = stackalloc float[16];
        (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11).Store(lanes);
        return lanes[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Read<V>(float* memory, int floats) where V : struct, IVector<V>
    {
        V a = V.Zero, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (var i = 0; i < floats; i += 8 * V.Count, memory += 8 * V.Count)
        {
            a += V.Load(memory); b += V.Load(memory + V.Count); c += V.Load(memory + 2 * V.Count); d += V.Load(memory + 3 * V.Count);
            e += V.Load(memory + 4 * V.Count); f += V.Load(memory + 5 * V.Count); g += V.Load(memory + 6 * V.Count); h += V.Load(memory + 7 * V.Count);
        }
        var lanes = stackalloc float[16];
        (a + b + c + d + e + f + g + h).Store(lanes);
        return lanes[0];
    }
}
