using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    public static void Run<TRule>(ref UpdateArguments arguments, UpdatePasses passes) where TRule : IUpdateRule
    {
        if (passes.Workers is not { } workers)
        {
            passes.Run(TRule.Kernel, ref arguments);
            return;
        }
        var chunks = 0L;
        for (var i = 0; i < arguments.SegmentCount; i++) chunks += Chunks(arguments.Segments[i].Floats);
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
            if (from < to) TRule.Apply<V>(*arguments, *segment, segment->Offset + from * Chunk, segment->Offset + Math.Min(to * Chunk, segment->Floats));
            before += chunks;
        }
    }
}
