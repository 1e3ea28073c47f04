using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Adadelta (Zeiler 2012), with the formulas of PyTorch's <c>torch.optim.Adadelta</c>: v ← ρ v + (1 − ρ) g², d = √(u + ε) / √(v + ε) · g,
/// u ← ρ u + (1 − ρ) d², p ← p − rate · d. The rate may stay at 1.
/// </summary>
public sealed class AdaDelta : Optimizer
{
    private static readonly string[] Averages = ["square_average", "update_average"];

    /// <summary>Adadelta.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="decay">ρ: how much of the averages stays, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite and starts the first step; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public AdaDelta(double learningRate = 1, double decay = 0.9, double epsilon = 1e-6)
        : base(learningRate)
    {
        Decay = CheckDecay(decay, nameof(decay));
        Epsilon = CheckEpsilon(epsilon);
    }

    /// <summary>How much of the averages stays.</summary>
    public double Decay { get; }

    /// <summary>Added to both averages.</summary>
    public double Epsilon { get; }

    private protected override ReadOnlySpan<string> Slots => Averages;

    private protected override bool IsNonNegativeOwn(string slot) => true;

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        arguments.Decay0 = (float)Decay;
        arguments.Weight0 = (float)(1 - Decay);
        arguments.Epsilon = (float)Epsilon;
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.AdaDelta;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var (decay, weight, epsilon) = (V.Broadcast(a.Decay0), V.Broadcast(a.Weight0), V.Broadcast(a.Epsilon));
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                var updates = V.Load(a.Slot1 + i);
                var squares = V.MultiplyAdd(decay, V.Load(a.Slot0 + i), weight * gradient * gradient);
                var direction = V.Sqrt(updates + epsilon) / V.Sqrt(squares + epsilon) * gradient;
                squares.Store(a.Slot0 + i);
                V.MultiplyAdd(decay, updates, weight * direction * direction).Store(a.Slot1 + i);
                V.MultiplyAdd(minusRate, direction, V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
