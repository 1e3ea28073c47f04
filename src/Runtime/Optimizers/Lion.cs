using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2; PyTorch has no such class): p ← (1 − rate · decay) p −
/// rate · sign(β₁ m + (1 − β₁) g), then m ← β₂ m + (1 − β₂) g. Every step is ±rate, and 0 where the blend is 0; rates are three to ten times smaller
/// than Adam's.
/// </summary>
public sealed class Lion : Optimizer
{
    private static readonly string[] MomentumSlot = ["momentum"];

    /// <summary>Lion.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="beta1">Share of the momentum in the direction, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the momentum, from 0 to below 1.</param>
    /// <param name="weightDecay">Decoupled, as <see cref="AdamW"/>'s; from 0 to 10¹⁸.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Lion(double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
        : base(learningRate)
    {
        Beta1 = CheckDecay(beta1, nameof(beta1));
        Beta2 = CheckDecay(beta2, nameof(beta2));
        WeightDecay = CheckWeightDecay(weightDecay);
    }

    /// <summary>Share of the momentum in the direction.</summary>
    public double Beta1 { get; }

    /// <summary>Decay of the momentum.</summary>
    public double Beta2 { get; }

    /// <summary>Times the learning rate, the share of a parameter that a step takes away.</summary>
    public double WeightDecay { get; }

    private protected override ReadOnlySpan<string> Slots => MomentumSlot;

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        arguments.Decay0 = (float)Beta1;
        arguments.Decay1 = (float)Beta2;
        arguments.Weight0 = (float)(1 - Beta1);
        arguments.Weight1 = (float)(1 - Beta2);
        SetKept(ref arguments, WeightDecay);
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Lion;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var (minusRate, kept) = (V.Broadcast(-segment.Rate), V.Broadcast(segment.Kept));
            var (beta1, beta2) = (V.Broadcast(a.Decay0), V.Broadcast(a.Decay1));
            var (weight1, weight2) = (V.Broadcast(a.Weight0), V.Broadcast(a.Weight1));
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                var momentum = V.Load(a.Slot0 + i);
                var direction = Updates.Sign(V.MultiplyAdd(beta1, momentum, weight1 * gradient));
                V.MultiplyAdd(beta2, momentum, weight2 * gradient).Store(a.Slot0 + i);
                V.MultiplyAdd(minusRate, direction, kept * V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
