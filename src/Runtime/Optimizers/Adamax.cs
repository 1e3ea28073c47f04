using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Adamax (Kingma and Ba 2015, section 7.1), with the formulas of PyTorch's <c>torch.optim.Adamax</c>: m ← β₁ m + (1 − β₁) g, u ← max(β₂ u, |g| + ε),
/// p ← p − rate / (1 − β₁ᵗ) · m / u, with t the number of steps that the parameter took: Adam whose root of the mean of squares became the largest size.
/// </summary>
public sealed class Adamax : MomentOptimizer
{
    private static readonly string[] MomentAndNorm = [FirstMoment, "infinity_norm"];

    /// <summary>Adamax.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="beta1">Decay of the first moment, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the largest size, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Adamax(double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(learningRate, beta1, beta2, epsilon)
    {
    }

    private protected override ReadOnlySpan<string> Slots => MomentAndNorm;

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        SetMoments(ref arguments);
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Adamax;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var (beta1, beta2, weight1) = (V.Broadcast(a.Decay0), V.Broadcast(a.Decay1), V.Broadcast(a.Weight0));
            var epsilon = V.Broadcast(a.Epsilon);
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                var first = V.MultiplyAdd(beta1, V.Load(a.Slot0 + i), weight1 * gradient);
                var norm = V.Max(beta2 * V.Load(a.Slot1 + i), V.Abs(gradient) + epsilon);
                first.Store(a.Slot0 + i);

                // ε alone is stored as zero, so that pads stay zero: it comes back with the next gradient, before which it would only have shrunk.
                V.SelectGreater(norm, epsilon, norm, V.Zero).Store(a.Slot1 + i);
                V.MultiplyAdd(minusRate, first / norm, V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
