using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), with the formulas of PyTorch's <c>torch.optim.AdamW</c>: p ← (1 − rate · decay) p,
/// then as <see cref="Adam"/>: p ← p − rate · m̂ / (√v̂ + ε). The decay is not a gradient, so the moments know nothing of it. It shrinks every
/// parameter of the step, biases too.
/// </summary>
public sealed class AdamW : MomentOptimizer
{
    /// <summary>AdamW.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="beta1">Decay of the first moment, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the second moment, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <param name="weightDecay">From 0 to 10¹⁸; 0.01 with a rate of 0.001 takes 10⁻⁵ of every parameter a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public AdamW(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2)
        : base(learningRate, beta1, beta2, epsilon) => WeightDecay = CheckWeightDecay(weightDecay);

    /// <summary>Times the learning rate, the share of a parameter that a step takes away.</summary>
    public double WeightDecay { get; }

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        SetMoments(ref arguments);
        SetKept(ref arguments, WeightDecay);
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.AdamW;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var (minusRate, kept) = (V.Broadcast(-segment.Rate), V.Broadcast(segment.Kept));
            var decay = (V.Broadcast(a.Decay0), V.Broadcast(a.Decay1));
            var weight = (V.Broadcast(a.Weight0), V.Broadcast(a.Weight1));
            var (rootCorrection, epsilon) = (V.Broadcast(segment.RootCorrection), V.Broadcast(a.Epsilon));
            for (; i < end; i += V.Count)
            {
                var (first, second) = MoveMoments(a, i, a.Gradient<V>(i), decay, weight);
                V.MultiplyAdd(minusRate, first / Root(second, rootCorrection, epsilon), kept * V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
