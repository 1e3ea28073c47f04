using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kiln.Kernels;

/// <summary>
/// The Euclidean norm of gradients in a fixed order of summation: chunks of 4096 floats from the start of each range; in a chunk 16 chains,
/// chain l over the floats ≡ l (mod 16), joined by the tree that folds halves; the chunks in order, in double precision.
/// </summary>
internal static unsafe class GradientNorm
{
    /// <summary>Floats that are summed together.</summary>
    internal const int Chunk = 4096;

    private const int Batch = 256;

    /// <summary>Small enough that no finite float's square overflows, large enough for what overflowed without it.</summary>
    internal const float Downscale = 1f / (1ul << 40) / (1ul << 40);

    /// <summary>Infinite or NaN where a gradient is (and is not clipped).</summary>
    public static double Compute(float* gradients, float limit, ReadOnlySpan<ParameterRange> ranges, Workers workers)
    {
        var norm = Math.Sqrt(Sum(gradients, limit, 1, ranges, workers));
        return double.IsFinite(norm) ? norm : Math.Sqrt(Sum(gradients, limit, Downscale, ranges, workers)) / Downscale;
    }

    private static double Sum(float* gradients, float limit, float scale, ReadOnlySpan<ParameterRange> ranges, Workers workers)
    {
        var partials = stackalloc float[Batch];
        var arguments = new Arguments { Limit = limit, Scale = scale, Partials = partials };
        var sum = 0.0;
        foreach (var range in ranges)
        {
            for (var start = 0L; start < range.Floats; start += Batch * Chunk)
            {
                arguments.Gradients = gradients + range.Offset + start;
                arguments.Floats = Math.Min(range.Floats - start, Batch * Chunk);
                var chunks = (int)((arguments.Floats + Chunk - 1) / Chunk);
                if (Vector512.IsHardwareAccelerated && Processor.VectorBits == 512) workers.Run(&Stage<V512>, &arguments, chunks);
                else if (Vector256.IsHardwareAccelerated && Processor.VectorBits >= 256) workers.Run(&Stage<V256>, &arguments, chunks);
                else workers.Run(&Stage<V128>, &arguments, chunks);
                for (var i = 0; i < chunks; i++) sum += partials[i];
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stage<V>(void* pointer, int first, int end) where V : struct, IVector<V>
    {
        var arguments = *(Arguments*)pointer;
        var limit = V.Broadcast(arguments.Limit);
        var scale = V.Broadcast(arguments.Scale);
        var chains = stackalloc float[16];
        for (var chunk = first; chunk < end; chunk++)
        {
            var start = (long)chunk * Chunk;
            var stop = Math.Min(start + Chunk, arguments.Floats);
            for (var lane = 0; lane < 16; lane += V.Count)
            {
                var sum = V.Zero;
                for (var i = start + lane; i < stop; i += 16)
                {
                    var gradient = V.Max(-limit, V.Min(limit, V.Load(arguments.Gradients + i))) * scale;
                    sum = V.MultiplyAdd(gradient, gradient, sum);
                }

                sum.Store(chains + lane);
            }

            for (var half = 8; half > 0; half /= 2)
            {
                for (var i = 0; i < half; i++) chains[i] += chains[i + half];
            }

            arguments.Partials[chunk] = chains[0];
        }
    }

    private struct Arguments
    {
        public float* Gradients;
        public long Floats;
        public float Limit;
        public float Scale;
        public float* Partials;
    }
}
