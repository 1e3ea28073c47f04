using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// What <see cref="Adam"/> and its relatives share: running means of the gradient and of its square (in <see cref="Adamax"/> its size), and the
/// corrections of both for having started at zero: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), with t the
/// number of steps that the parameter took.
/// </summary>
public abstract class MomentOptimizer : Optimizer
{
    private protected const string FirstMoment = "first_moment", SecondMoment = "second_moment";
    private static readonly string[] Moments = [FirstMoment, SecondMoment];

    private protected MomentOptimizer(double learningRate, double beta1, double beta2, double epsilon)
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

    /// <summary>Keeps the quotient finite: added to the root of the second moment.</summary>
    public double Epsilon { get; }

    private protected override ReadOnlySpan<string> Slots => Moments;

    private protected override bool IsNonNegativeOwn(string slot) => slot != FirstMoment;

    /// <summary>Sets decays and weights, and of each segment both bias corrections: of the first moment in the rate.</summary>
    private protected unsafe void SetMoments(ref UpdateArguments arguments)
    {
        arguments.Decay0 = (float)Beta1;
        arguments.Decay1 = (float)Beta2;
        arguments.Weight0 = (float)(1 - Beta1);
        arguments.Weight1 = (float)(1 - Beta2);
        arguments.Epsilon = (float)Epsilon;
        for (var i = 0; i < arguments.SegmentCount; i++)
        {
            ref var segment = ref arguments.Segments[i];
            segment.Rate = (float)(segment.LearningRate / (1 - Power(Beta1, segment.Step)));
            segment.RootCorrection = (float)(1 / Math.Sqrt(1 - Power(Beta2, segment.Step)));
        }
    }

    /// <summary>By squaring: the library's function may differ between machines in the last bit.</summary>
    private protected static double Power(double x, long n)
    {
        var power = 1.0;
        for (; n > 0; n >>= 1)
        {
            if ((n & 1) != 0) power *= x;
            x *= x;
        }

        return power;
    }

    /// <summary>Moves both moments by a gradient and gives them. Decays and weights are in registers before the loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static unsafe (V First, V Second) MoveMoments<V>(in UpdateArguments a, long i, V gradient, (V First, V Second) decay, (V First, V Second) weight)
        where V : struct, IVector<V>
    {
        var first = V.MultiplyAdd(decay.First, V.Load(a.Slot0 + i), weight.First * gradient);
        var second = V.MultiplyAdd(decay.Second, V.Load(a.Slot1 + i), weight.Second * gradient * gradient);
        first.Store(a.Slot0 + i);
        second.Store(a.Slot1 + i);
        return (first, second);
    }

    /// <summary>√v̂ + ε.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static V Root<V>(V second, V rootCorrection, V epsilon) where V : struct, IVector<V> =>
        V.MultiplyAdd(V.Sqrt(second), rootCorrection, epsilon);
}
