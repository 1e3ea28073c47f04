using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln.Comparison;

/// <summary>The loop that reads and writes what an optimizer's step does, and computes next to nothing: what memory allows.</summary>
internal static unsafe class Streams
{
    private const int Chunk = 4096;

    /// <summary>Reads the gradients. Reads and writes the others, one to four blocks, whose numbers stay as they are up to 10⁻³⁰ of a gradient.</summary>
    public static void Run(float* gradients, ReadOnlySpan<nint> moved, long floats, Workers workers)
    {
        var arguments = new Arguments { Gradients = gradients, Floats = floats, Count = moved.Length, A = At(moved, 0), B = At(moved, 1), C = At(moved, 2), D = At(moved, 3) };
        var chunks = (int)((floats + Chunk - 1) / Chunk);
        if (Processor.VectorBits == 512) workers.Run(&Stage<V512>, &arguments, chunks);
        else if (Processor.VectorBits == 256) workers.Run(&Stage<V256>, &arguments, chunks);
        else workers.Run(&Stage<V128>, &arguments, chunks);
    }

    private static float* At(ReadOnlySpan<nint> moved, int number) => number < moved.Length ? (float*)moved[number] : null;

    private struct Arguments
    {
        public float* Gradients, A, B, C, D;
        public long Floats;
        public int Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stage<V>(void* pointer, int first, int end) where V : struct, IVector<V>
    {
        var (a, little) = (*(Arguments*)pointer, V.Broadcast(1e-30f));
        var last = Math.Min((long)end * Chunk, a.Floats);
        for (var i = (long)first * Chunk; i < last; i += V.Count)
        {
            var gradient = little * V.Load(a.Gradients + i);
            if (a.Count > 1) (V.Load(a.B + i) + gradient).Store(a.B + i);
            if (a.Count > 2) (V.Load(a.C + i) + gradient).Store(a.C + i);
            if (a.Count > 3) (V.Load(a.D + i) + gradient).Store(a.D + i);
            (V.Load(a.A + i) + gradient).Store(a.A + i);
        }
    }
}
