using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Adam (Kingma and Ba 2015), with the formulas of PyTorch's <c>torch.optim.Adam</c>: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
/// p ← p − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε), with t the number of steps that the parameter took.
/// </summary>
public sealed class Adam : MomentOptimizer
{
    /// <summary>Adam.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="beta1">Decay of the first moment, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the second moment, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Adam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(learningRate, beta1, beta2, epsilon)
    {
    }

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        SetMoments(ref arguments);
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Adam;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var decay = (V.Broadcast(a.Decay0), V.Broadcast(a.Decay1));
            var weight = (V.Broadcast(a.Weight0), V.Broadcast(a.Weight1));
            var (rootCorrection, epsilon) = (V.Broadcast(segment.RootCorrection), V.Broadcast(a.Epsilon));
            for (; i < end; i += V.Count)
            {
                var (first, second) = MoveMoments(a, i, a.Gradient<V>(i), decay, weight);
                V.MultiplyAdd(minusRate, first / Root(second, rootCorrection, epsilon), V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
