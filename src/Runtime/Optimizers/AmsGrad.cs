using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// AMSGrad (Reddi, Kale, Kumar 2018), with the formulas of PyTorch's <c>torch.optim.Adam</c> with <c>amsgrad=True</c>: the moments of <see cref="Adam"/>,
/// w ← max(w, v), p ← p − rate / (1 − β₁ᵗ) · m / (√w / √(1 − β₂ᵗ) + ε). The largest second moment so far divides, so that a rare large gradient is not
/// forgotten and the steps do not grow again.
/// </summary>
public sealed class AmsGrad : MomentOptimizer
{
    private static readonly string[] MomentsAndLargest = [FirstMoment, SecondMoment, "largest_second_moment"];

    /// <summary>AMSGrad.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="beta1">Decay of the first moment, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the second moment, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public AmsGrad(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(learningRate, beta1, beta2, epsilon)
    {
    }

    private protected override ReadOnlySpan<string> Slots => MomentsAndLargest;

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        SetMoments(ref arguments);
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.AmsGrad;

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
                var largest = V.Max(V.Load(a.Slot2 + i), second);
                largest.Store(a.Slot2 + i);
                V.MultiplyAdd(minusRate, first / Root(largest, rootCorrection, epsilon), V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
