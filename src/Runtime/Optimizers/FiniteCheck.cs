using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kiln.Kernels;

/// <summary>
/// Looks for NaN, infinities and gradients whose square is one, in one pass at the speed of memory: a number times zero is zero, unless it
/// is one of them. Optimizers remember squares, and what is once infinite there stays so.
/// </summary>
internal static unsafe class FiniteCheck
{
    private const int Chunk = 16384;

    public static bool AllSquaresFinite(float* values, ReadOnlySpan<ParameterRange> ranges, Workers workers)
    {
        var arguments = default(Arguments);
        foreach (var range in ranges)
        {
            arguments.Values = values + range.Offset;
            arguments.Floats = range.Floats;
            var chunks = checked((int)((range.Floats + Chunk - 1) / Chunk));
            if (Vector512.IsHardwareAccelerated && Processor.VectorBits == 512) workers.Run(&Stage<V512>, &arguments, chunks);
            else if (Vector256.IsHardwareAccelerated && Processor.VectorBits >= 256) workers.Run(&Stage<V256>, &arguments, chunks);
            else workers.Run(&Stage<V128>, &arguments, chunks);
        }
        return arguments.Found == 0;
    }

    public static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!float.IsFinite(value)) return false;
        return true;
    }

    public static bool AllSquaresFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!float.IsFinite(value * value)) return false;
        return true;
    }

    // Ranges are whole multiples of 16 floats. Backwards: what was written last is still in the cache, and the update that follows finds the beginning there.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stage<V>(void* pointer, int first, int end) where V : struct, IVector<V>
    {
        var arguments = (Arguments*)pointer;
        var begin = arguments->Values + (long)first * Chunk;
        var i = arguments->Values + Math.Min((long)end * Chunk, arguments->Floats);
        var zero = V.Zero;
        var (a, b, c, d) = (zero, zero, zero, zero);
        for (; i - begin >= 4 * V.Count; i -= 4 * V.Count)
        {
            a = V.MultiplyAdd(Square<V>(i - V.Count), zero, a);
            b = V.MultiplyAdd(Square<V>(i - 2 * V.Count), zero, b);
            c = V.MultiplyAdd(Square<V>(i - 3 * V.Count), zero, c);
            d = V.MultiplyAdd(Square<V>(i - 4 * V.Count), zero, d);
        }
        for (; i > begin; i -= V.Count) a = V.MultiplyAdd(Square<V>(i - V.Count), zero, a);
        var lanes = stackalloc float[16];
        (a + b + (c + d)).Store(lanes);
        var sum = 0f;
        for (var lane = 0; lane < V.Count; lane++) sum += lanes[lane];
        if (sum != 0) Volatile.Write(ref arguments->Found, 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Square<V>(float* value) where V : struct, IVector<V>
    {
        var v = V.Load(value);
        return v * v;
    }

    private struct Arguments
    {
        public float* Values;
        public long Floats;
        public int Found;
    }
}
