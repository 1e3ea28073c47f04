using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Adam with Nesterov's momentum (Dozat 2016), with the formulas of PyTorch's <c>torch.optim.NAdam</c>: the moments of <see cref="Adam"/>, a momentum
/// that grows, μₜ = β₁ (1 − ½ · 0.96^(t ψ)), m̂ = μₜ₊₁ m / (1 − μ₁ ⋯ μₜ₊₁) + (1 − μₜ) g / (1 − μ₁ ⋯ μₜ), p ← p − rate · m̂ / (√v / √(1 − β₂ᵗ) + ε),
/// with t the number of steps that the parameter took.
/// </summary>
public sealed class NAdam : MomentOptimizer
{
    private const double LogarithmOf096 = -0.040821994520255166;

    /// <summary>0.96^ψ.</summary>
    private readonly double growth;

    /// <summary>NAdam.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="beta1">Decay of the first moment and limit of the momentum, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the second moment, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <param name="momentumDecay">ψ: how fast the momentum grows from half of β₁ to β₁; at least 0 and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public NAdam(double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double momentumDecay = 4e-3)
        : base(learningRate, beta1, beta2, epsilon)
    {
        MomentumDecay = Check(momentumDecay, momentumDecay >= 0 && double.IsFinite(momentumDecay), nameof(momentumDecay), "at least 0 and finite");
        growth = Exponential(MomentumDecay * LogarithmOf096);
    }

    /// <summary>How fast the momentum grows from half of β₁ to β₁.</summary>
    public double MomentumDecay { get; }

    private protected override unsafe void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        SetMoments(ref arguments);
        for (var i = 0; i < arguments.SegmentCount; i++)
        {
            ref var segment = ref arguments.Segments[i];
            var (now, next) = (Momentum(segment.Step), Momentum(segment.Step + 1));
            var product = ProductOfMomenta(segment.Step);
            segment.Rate = (float)segment.LearningRate;
            segment.MomentWeight = (float)(next / (1 - product * next));
            segment.GradientWeight = (float)((1 - now) / (1 - product));
        }

        Updates.Run<Rule>(ref arguments, passes);
    }

    /// <summary>μₜ.</summary>
    private double Momentum(long t) => Beta1 * (1 - 0.5 * Power(growth, t));

    /// <summary>μ₁ ⋯ μₜ, or a number so small that 1 less it is 1. From the step alone, so that a checkpoint needs nothing more.</summary>
    private double ProductOfMomenta(long t)
    {
        var product = 1.0;
        for (var i = 1L; i <= t && product > 1e-20; i++)
        {
            var momentum = Momentum(i);
            if (momentum == Beta1) return product * Power(Beta1, t - i + 1); // it grows no further
            product *= momentum;
        }

        return product;
    }

    /// <summary>eˣ of x ≤ 0, by the series and squaring: the library's function may differ between machines in the last bit.</summary>
    private static double Exponential(double x)
    {
        if (x < -745) return 0;
        var squarings = 0;
        for (; x < -0.125; x /= 2) squarings++;
        var sum = 1.0;
        for (var n = 12; n > 0; n--) sum = 1 + x / n * sum;
        for (; squarings > 0; squarings--) sum *= sum;
        return sum;
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.NAdam;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var (momentWeight, gradientWeight) = (V.Broadcast(segment.MomentWeight), V.Broadcast(segment.GradientWeight));
            var decay = (V.Broadcast(a.Decay0), V.Broadcast(a.Decay1));
            var weight = (V.Broadcast(a.Weight0), V.Broadcast(a.Weight1));
            var (rootCorrection, epsilon) = (V.Broadcast(segment.RootCorrection), V.Broadcast(a.Epsilon));
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                var (first, second) = MoveMoments(a, i, gradient, decay, weight);
                var ahead = V.MultiplyAdd(momentWeight, first, gradientWeight * gradient);
                V.MultiplyAdd(minusRate, ahead / Root(second, rootCorrection, epsilon), V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
