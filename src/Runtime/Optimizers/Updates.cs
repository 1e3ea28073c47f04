using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Kernels;

/// <summary>A run of parameters of one group that have taken equally many steps, and the numbers that follow from that.</summary>
internal struct UpdateSegment
{
    public long Offset;
    public long Floats;

    /// <summary>This step's number, from 1.</summary>
    public long Step;

    /// <summary>The number of its group among the optimizer's; −1 for none.</summary>
    public int Group;

    /// <summary>The learning rate of this step, by its schedule and its group.</summary>
    public double LearningRate;

    /// <summary>What its group multiplies a weight decay by.</summary>
    public double Decay;

    /// <summary>The same, bias correction included.</summary>
    public float Rate;

    /// <summary>Decoupled weight decay: what stays of a parameter, 1 − rate · decay.</summary>
    public float Kept;

    /// <summary>SGD: the momentum of this step, by its schedule.</summary>
    public float Momentum;

    /// <summary>Adam: the reciprocal root of the second moment's bias correction.</summary>
    public float RootCorrection;

    /// <summary>NAdam: the shares of the first moment and of the gradient in the direction, bias corrections included.</summary>
    public float MomentWeight;
    public float GradientWeight;
}

/// <summary>What the threads of one optimizer step share.</summary>
internal unsafe struct UpdateArguments
{
    public float* Parameters;
    public float* Gradients;
    public float* Slot0;
    public float* Slot1;
    public float* Slot2;
    public UpdateSegment* Segments;
    public int SegmentCount;

    /// <summary>On the CPU: whether lines are fetched ahead.</summary>
    public bool IsLarge;

    /// <summary>Gradients are clipped to ±this, then scaled by <see cref="Factor"/>.</summary>
    public float Limit;
    public float Factor;

    /// <summary>How much of the slots stays.</summary>
    public float Decay0;
    public float Decay1;

    /// <summary>For averages: 1 − <see cref="Decay0"/> and 1 − <see cref="Decay1"/>, rounded once.</summary>
    public float Weight0;
    public float Weight1;
    public float Epsilon;

    /// <summary>Rprop: factors and limits of the step sizes.</summary>
    public float Shrink;
    public float Grow;
    public float SmallestStep;
    public float LargestStep;

    /// <summary>The gradient at a place, clipped. The order of the arguments lets NaN through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Gradient<V>(long i) where V : struct, IVector<V> =>
        V.Max(V.Broadcast(-Limit), V.Min(V.Broadcast(Limit), V.Load(Gradients + i))) * V.Broadcast(Factor);
}

/// <summary>The formula of an optimizer, over floats [i, end) of the blocks.</summary>
internal unsafe interface IUpdateRule
{
    /// <summary>The kernel that computes it on a device.</summary>
    static abstract UpdateKernel Kernel { get; }

    static abstract void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>;
}

/// <summary>Shares an optimizer's loop among threads, a chunk of floats per item. Every float is by itself, so the split does not matter.</summary>
internal static unsafe class Updates
{
    private const int Chunk = 4096;

    /// <summary>Floats of a line of the cache.</summary>
    private const int Line = 16;

    /// <summary>Floats of a piece, before each of which lines are fetched, and how far ahead of it these are.</summary>
    private const int Piece = 64, Ahead = 512;

    /// <summary>From as many floats on, which are 4 MB of each block, the caches of a core do not hold them.</summary>
    private const long Large = 1 << 20;

    public static void Run<TRule>(ref UpdateArguments arguments, UpdatePasses passes) where TRule : IUpdateRule
    {
        if (passes.Workers is not { } workers)
        {
            passes.Run(TRule.Kernel, ref arguments);
            return;
        }
        var (chunks, floats) = (0L, 0L);
        for (var i = 0; i < arguments.SegmentCount; i++)
        {
            chunks += Chunks(arguments.Segments[i].Floats);
            floats += arguments.Segments[i].Floats;
        }
        arguments.IsLarge = floats >= Large;
        fixed (UpdateArguments* pointer = &arguments)
        {
            if (Vector512.IsHardwareAccelerated && Processor.VectorBits == 512) workers.Run(&Stage<TRule, V512>, pointer, checked((int)chunks));
            else if (Vector256.IsHardwareAccelerated && Processor.VectorBits >= 256) workers.Run(&Stage<TRule, V256>, pointer, checked((int)chunks));
            else workers.Run(&Stage<TRule, V128>, pointer, checked((int)chunks));
        }
    }

    /// <summary>1, −1, or 0 for zero and NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sign<V>(V x) where V : struct, IVector<V> =>
        V.SelectGreater(x, V.Zero, V.Broadcast(1), V.SelectGreater(V.Zero, x, V.Broadcast(-1), V.Zero));

    private static long Chunks(long floats) => (floats + Chunk - 1) / Chunk;

    private static void Stage<TRule, V>(void* pointer, int first, int end) where TRule : IUpdateRule where V : struct, IVector<V>
    {
        var arguments = (UpdateArguments*)pointer;
        var before = 0L;
        for (var s = 0; s < arguments->SegmentCount && before < end; s++)
        {
            var segment = arguments->Segments + s;
            var chunks = Chunks(segment->Floats);
            var from = Math.Max(first - before, 0);
            var to = Math.Min(end - before, chunks);
            if (from < to) Apply<TRule, V>(*arguments, *segment, segment->Offset + from * Chunk, segment->Offset + Math.Min(to * Chunk, segment->Floats));
            before += chunks;
        }
    }

    /// <summary>A root and a quotient for each number keep the processor busy, so that it asks for later lines too late: they are fetched some pieces ahead.</summary>
    private static void Apply<TRule, V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where TRule : IUpdateRule where V : struct, IVector<V>
    {
        if (!Sse.IsSupported || !arguments.IsLarge)
        {
            TRule.Apply<V>(arguments, segment, i, end);
            return;
        }
        for (; i < end; i += Piece)
        {
            for (var line = i + Ahead; line < i + Ahead + Piece; line += Line) Fetch(arguments, line);
            TRule.Apply<V>(arguments, segment, i, Math.Min(i + Piece, end));
        }
    }

    /// <summary>Fetches a line of each block. It may lie beyond their ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(in UpdateArguments arguments, long line)
    {
        Sse.Prefetch0(arguments.Parameters + line);
        Sse.Prefetch0(arguments.Gradients + line);
        if (arguments.Slot0 != null) Sse.Prefetch0(arguments.Slot0 + line);
        if (arguments.Slot1 != null) Sse.Prefetch0(arguments.Slot1 + line);
        if (arguments.Slot2 != null) Sse.Prefetch0(arguments.Slot2 + line);
    }
}
