using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>Passes over the parameters that any optimizer can have: sums of gradients, running means of weights.</summary>
internal static unsafe class WeightRules
{
    /// <summary>Adds gradients, divided by the number of parts, to their sums.</summary>
    public static void Accumulate(ref UpdateArguments arguments, float* gradients, OptimizerState state, int parts, UpdatePasses passes)
    {
        arguments.Gradients = gradients;
        arguments.Slot0 = passes.Place(state.Accumulated!);
        arguments.Weight0 = (float)(1.0 / parts);
        Updates.Run<AccumulateRule>(ref arguments, passes);
    }

    /// <summary>Moves the running means towards the parameters; at a parameter's first step they are the parameter.</summary>
    public static void Average(ref UpdateArguments arguments, OptimizerState state, double decay, UpdatePasses passes)
    {
        arguments.Slot0 = passes.Place(state.Average!);
        arguments.Decay0 = (float)decay;
        arguments.Weight0 = (float)(1 - decay);
        Updates.Run<AverageRule>(ref arguments, passes);
    }

    internal readonly struct AccumulateRule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var weight = V.Broadcast(a.Weight0);
            for (; i < end; i += V.Count) V.MultiplyAdd(weight, V.Load(a.Gradients + i), V.Load(a.Slot0 + i)).Store(a.Slot0 + i);
        }
    }

    internal readonly struct AverageRule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Average;

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
