using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// RMSProp (Tieleman and Hinton 2012), with the formulas of PyTorch's <c>torch.optim.RMSprop</c>: v ← α v + (1 − α) g²,
/// b ← momentum · b + g / (√v + ε), p ← p − rate · b.
/// </summary>
public sealed class RmsProp : Optimizer
{
    private static readonly string[] SquareSlot = ["square_average"];
    private static readonly string[] BothSlots = ["square_average", "momentum"];

    /// <summary>RMSProp.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="decay">α: how much of the average of squares stays, from 0 to below 1.</param>
    /// <param name="momentum">From 0 to below 1; 0 remembers no direction.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public RmsProp(double learningRate = 1e-3, double decay = 0.99, double momentum = 0, double epsilon = 1e-8)
        : base(learningRate)
    {
        Decay = CheckDecay(decay, nameof(decay));
        Momentum = CheckDecay(momentum, nameof(momentum));
        Epsilon = CheckEpsilon(epsilon);
    }

    /// <summary>How much of the average of squares stays.</summary>
    public double Decay { get; }

    /// <summary>How much of the last update stays in the next one.</summary>
    public double Momentum { get; }

    /// <summary>Added to the root of the average of squares.</summary>
    public double Epsilon { get; }

    internal override bool IsSquare(string slot) => slot == SquareSlot[0];

    private protected override ReadOnlySpan<string> Slots => Momentum == 0 ? SquareSlot : BothSlots;

    private protected override void Update(ref UpdateArguments arguments, Workers workers)
    {
        arguments.Decay0 = (float)Decay;
        arguments.Weight0 = (float)(1 - Decay);
        arguments.Decay1 = (float)Momentum;
        arguments.Epsilon = (float)Epsilon;
        if (Momentum == 0) Updates.Run<Plain>(ref arguments, workers);
        else Updates.Run<WithMomentum>(ref arguments, workers);
    }

    /// <summary>Moves the average of squares and gives g / (√v + ε).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe V Direction<V>(in UpdateArguments a, long i) where V : struct, IVector<V>
    {
        var gradient = a.Gradient<V>(i);
        var square = V.MultiplyAdd(V.Broadcast(a.Decay0), V.Load(a.Slot0 + i), V.Broadcast(a.Weight0) * gradient * gradient);
        square.Store(a.Slot0 + i);
        return gradient / (V.Sqrt(square) + V.Broadcast(a.Epsilon));
    }

    private readonly unsafe struct Plain : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            for (; i < end; i += V.Count) V.MultiplyAdd(minusRate, Direction<V>(a, i), V.Load(a.Parameters + i)).Store(a.Parameters + i);
        }
    }

    private readonly unsafe struct WithMomentum : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var momentum = V.Broadcast(a.Decay1);
            for (; i < end; i += V.Count)
            {
                var buffer = V.MultiplyAdd(momentum, V.Load(a.Slot1 + i), Direction<V>(a, i));
                buffer.Store(a.Slot1 + i);
                V.MultiplyAdd(minusRate, buffer, V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
