using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>Passes over the parameters that any optimizer can have: sums of gradients, running means of weights.</summary>
internal static unsafe class WeightRules
{
    /// <summary>Adds gradients, divided by the number of parts, to their sums.</summary>
    public static void Accumulate(ref UpdateArguments arguments, float* gradients, OptimizerState state, int parts, Workers workers)
    {
        arguments.Gradients = gradients;
        arguments.Slot0 = state.Accumulated!.Pointer;
        arguments.Weight0 = (float)(1.0 / parts);
        Updates.Run<AccumulateRule>(ref arguments, workers);
    }

    /// <summary>Moves the running means towards the parameters; at a parameter's first step they are the parameter.</summary>
    public static void Average(ref UpdateArguments arguments, OptimizerState state, double decay, Workers workers)
    {
        arguments.Slot0 = state.Average!.Pointer;
        arguments.Decay0 = (float)decay;
        arguments.Weight0 = (float)(1 - decay);
        Updates.Run<AverageRule>(ref arguments, workers);
    }

    private readonly struct AccumulateRule : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var weight = V.Broadcast(a.Weight0);
            for (; i < end; i += V.Count) V.MultiplyAdd(weight, V.Load(a.Gradients + i), V.Load(a.Slot0 + i)).Store(a.Slot0 + i);
        }
    }

    private readonly struct AverageRule : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var decay = V.Broadcast(segment.Step == 1 ? 0 : a.Decay0);
            var weight = V.Broadcast(segment.Step == 1 ? 1 : a.Weight0);
            for (; i < end; i += V.Count) V.MultiplyAdd(decay, V.Load(a.Slot0 + i), weight * V.Load(a.Parameters + i)).Store(a.Slot0 + i);
        }
    }
}
