using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// RMSProp (Tieleman and Hinton 2012), with the formulas of PyTorch's <c>torch.optim.RMSprop</c>: v ← α v + (1 − α) g²,
/// b ← momentum · b + g / (√v + ε), p ← p − rate · b. Centred (Graves 2013; <c>centered=True</c>), the variance divides instead of the mean of squares:
/// a ← α a + (1 − α) g, b ← momentum · b + g / (√(v − a²) + ε). With Nesterov's momentum, which PyTorch does not have here, the step is
/// p ← p − rate · (d + momentum · b), where d is what was added to b: the gradient is taken where the momentum alone would lead.
/// </summary>
public sealed class RmsProp : Optimizer
{
    private const string SquareAverage = "square_average", GradientAverage = "gradient_average", MomentumSlot = "momentum";
    private static readonly string[] PlainSlots = [SquareAverage];
    private static readonly string[] WithMomentumSlots = [SquareAverage, MomentumSlot];
    private static readonly string[] CentredSlots = [SquareAverage, GradientAverage];
    private static readonly string[] CentredWithMomentumSlots = [SquareAverage, GradientAverage, MomentumSlot];
    private readonly bool nesterov;

    /// <summary>RMSProp.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="decay">α: how much of the average of squares stays, from 0 to below 1.</param>
    /// <param name="momentum">From 0 to below 1; 0 remembers no direction.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0. Where a gradient hardly changes, it alone divides the centred rule's.</param>
    /// <param name="centred">Divide by the root of the gradient's variance, which takes one slot more.</param>
    /// <param name="nesterov">Nesterov's momentum; needs momentum above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException">Nesterov's without momentum.</exception>
    public RmsProp(double learningRate = 1e-3, double decay = 0.99, double momentum = 0, double epsilon = 1e-8, bool centred = false, bool nesterov = false)
        : base(learningRate)
    {
        Decay = CheckDecay(decay, nameof(decay));
        Momentum = CheckDecay(momentum, nameof(momentum));
        Epsilon = CheckEpsilon(epsilon);
        Centred = centred;
        this.nesterov = CheckNesterov(nesterov, momentum);
    }

    /// <summary>How much of the average of squares stays.</summary>
    public double Decay { get; }

    /// <summary>How much of the last update stays in the next one.</summary>
    public double Momentum { get; }

    /// <summary>Added to the root of the average of squares.</summary>
    public double Epsilon { get; }

    /// <summary>Whether the gradient's variance divides instead of the mean of its squares.</summary>
    public bool Centred { get; }

    private protected override bool IsNonNegativeOwn(string slot) => slot == SquareAverage;

    private protected override ReadOnlySpan<string> Slots => (Centred, Momentum == 0) switch
    {
        (false, true) => PlainSlots,
        (false, false) => WithMomentumSlots,
        (true, true) => CentredSlots,
        (true, false) => CentredWithMomentumSlots,
    };

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        arguments.Decay0 = (float)Decay;
        arguments.Weight0 = (float)(1 - Decay);
        arguments.Decay1 = (float)Momentum;
        arguments.Epsilon = (float)Epsilon;
        if (Centred) Run<ByVariance>(ref arguments, passes);
        else Run<BySquares>(ref arguments, passes);
    }

    private void Run<TDirection>(ref UpdateArguments arguments, UpdatePasses passes) where TDirection : struct, IDirection
    {
        if (Momentum == 0) Updates.Run<Plain<TDirection>>(ref arguments, passes);
        else if (nesterov) Updates.Run<WithMomentum<TDirection, Ahead>>(ref arguments, passes);
        else Updates.Run<WithMomentum<TDirection, Along>>(ref arguments, passes);
    }

    /// <summary>Moves the averages and gives the direction; says in which slot the momentum is.</summary>
    internal unsafe interface IDirection
    {
        /// <summary>The kernel without momentum.</summary>
        static abstract UpdateKernel Kernel { get; }

        static abstract V Of<V>(in UpdateArguments a, long i) where V : struct, IVector<V>;

        static abstract float* Momentum(in UpdateArguments a);
    }

    /// <summary>g / (√v + ε).</summary>
    internal readonly unsafe struct BySquares : IDirection
    {
        public static UpdateKernel Kernel => UpdateKernel.RmsProp;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(in UpdateArguments a, long i) where V : struct, IVector<V>
        {
            var gradient = a.Gradient<V>(i);
            var square = V.MultiplyAdd(V.Broadcast(a.Decay0), V.Load(a.Slot0 + i), V.Broadcast(a.Weight0) * gradient * gradient);
            square.Store(a.Slot0 + i);
            return gradient / (V.Sqrt(square) + V.Broadcast(a.Epsilon));
        }

        public static float* Momentum(in UpdateArguments a) => a.Slot1;
    }

    /// <summary>g / (√(v − a²) + ε).</summary>
    internal readonly unsafe struct ByVariance : IDirection
    {
        public static UpdateKernel Kernel => UpdateKernel.RmsPropCentred;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(in UpdateArguments a, long i) where V : struct, IVector<V>
        {
            var gradient = a.Gradient<V>(i);
            var (decay, weight) = (V.Broadcast(a.Decay0), V.Broadcast(a.Weight0));
            var square = V.MultiplyAdd(decay, V.Load(a.Slot0 + i), weight * gradient * gradient);
            var average = V.MultiplyAdd(decay, V.Load(a.Slot1 + i), weight * gradient);
            square.Store(a.Slot0 + i);
            average.Store(a.Slot1 + i);

            // Rounding may take a variance of zero below it. The order of the arguments lets NaN through.
            var variance = V.Max(V.Zero, V.MultiplyAdd(-average, average, square));
            return gradient / (V.Sqrt(variance) + V.Broadcast(a.Epsilon));
        }

        public static float* Momentum(in UpdateArguments a) => a.Slot2;
    }

    internal readonly unsafe struct Plain<TDirection> : IUpdateRule where TDirection : struct, IDirection
    {
        public static UpdateKernel Kernel => TDirection.Kernel;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            for (; i < end; i += V.Count) V.MultiplyAdd(minusRate, TDirection.Of<V>(a, i), V.Load(a.Parameters + i)).Store(a.Parameters + i);
        }
    }

    /// <summary>Where a step goes, from what was added to the momentum and the momentum after it.</summary>
    internal interface IStep
    {
        /// <summary>How many kernels after that without momentum.</summary>
        static abstract int Kernels { get; }

        static abstract V Of<V>(V momentum, V added, V buffer) where V : struct, IVector<V>;
    }

    /// <summary>Along the momentum.</summary>
    internal readonly struct Along : IStep
    {
        public static int Kernels => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V momentum, V added, V buffer) where V : struct, IVector<V> => buffer;
    }

    /// <summary>Nesterov's: to where the next step's momentum alone would lead.</summary>
    internal readonly struct Ahead : IStep
    {
        public static int Kernels => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V momentum, V added, V buffer) where V : struct, IVector<V> => V.MultiplyAdd(momentum, buffer, added);
    }

    internal readonly unsafe struct WithMomentum<TDirection, TStep> : IUpdateRule where TDirection : struct, IDirection where TStep : struct, IStep
    {
        public static UpdateKernel Kernel => TDirection.Kernel + TStep.Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var momentum = V.Broadcast(a.Decay1);
            var buffers = TDirection.Momentum(a);
            for (; i < end; i += V.Count)
            {
                var added = TDirection.Of<V>(a, i);
                var buffer = V.MultiplyAdd(momentum, V.Load(buffers + i), added);
                buffer.Store(buffers + i);
                V.MultiplyAdd(minusRate, TStep.Of(momentum, added, buffer), V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
