using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Adam (Kingma and Ba 2015), with the formulas of PyTorch's <c>torch.optim.Adam</c>: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
/// p ← p − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε), with t the number of steps that the parameter took.
/// </summary>
public sealed class Adam : Optimizer
{
    private static readonly string[] Moments = ["first_moment", "second_moment"];

    /// <summary>Adam.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="beta1">Decay of the first moment, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the second moment, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Adam(double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : base(learningRate)
    {
        Beta1 = CheckDecay(beta1, nameof(beta1));
        Beta2 = CheckDecay(beta2, nameof(beta2));
        Epsilon = CheckEpsilon(epsilon);
    }

    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; }

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; }

    private protected override ReadOnlySpan<string> Slots => Moments;

    internal override bool IsSquare(string slot) => slot == Moments[1];

    private protected override unsafe void Update(ref UpdateArguments arguments, Workers workers)
    {
        arguments.Decay0 = (float)Beta1;
        arguments.Decay1 = (float)Beta2;
        arguments.Weight0 = (float)(1 - Beta1);
        arguments.Weight1 = (float)(1 - Beta2);
        arguments.Epsilon = (float)Epsilon;
        for (var i = 0; i < arguments.SegmentCount; i++)
        {
            ref var segment = ref arguments.Segments[i];
            segment.Rate = (float)(LearningRate / (1 - Power(Beta1, segment.Step)));
            segment.RootCorrection = (float)(1 / Math.Sqrt(1 - Power(Beta2, segment.Step)));
        }

        Updates.Run<Rule>(ref arguments, workers);
    }

    /// <summary>By squaring: the library's function may differ between machines in the last bit.</summary>
    private static double Power(double x, long n)
    {
        var power = 1.0;
        for (; n > 0; n >>= 1)
        {
            if ((n & 1) != 0) power *= x;
            x *= x;
        }

        return power;
    }

    private readonly unsafe struct Rule : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var rootCorrection = V.Broadcast(segment.RootCorrection);
            var (beta1, beta2) = (V.Broadcast(a.Decay0), V.Broadcast(a.Decay1));
            var (weight1, weight2) = (V.Broadcast(a.Weight0), V.Broadcast(a.Weight1));
            var epsilon = V.Broadcast(a.Epsilon);
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                var first = V.MultiplyAdd(beta1, V.Load(a.Slot0 + i), weight1 * gradient);
                var second = V.MultiplyAdd(beta2, V.Load(a.Slot1 + i), weight2 * gradient * gradient);
                first.Store(a.Slot0 + i);
                second.Store(a.Slot1 + i);
                var direction = first / V.MultiplyAdd(V.Sqrt(second), rootCorrection, epsilon);
                V.MultiplyAdd(minusRate, direction, V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
