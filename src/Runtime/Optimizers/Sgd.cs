using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Stochastic gradient descent, optionally with momentum: b ← momentum · b + g, then p ← p − rate · b; with Nesterov's, p ← p − rate · (g + momentum · b).
/// The formulas are those of PyTorch's <c>torch.optim.SGD</c> without dampening (Sutskever, Martens, Dahl, Hinton 2013).
/// </summary>
public sealed class Sgd : Optimizer
{
    private static readonly string[] MomentumSlot = ["momentum"];
    private readonly bool nesterov;

    /// <summary>Gradient descent.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="momentum">From 0 to below 1; 0 remembers nothing.</param>
    /// <param name="nesterov">Nesterov's momentum; needs momentum above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException">Nesterov's without momentum.</exception>
    public Sgd(double learningRate, double momentum = 0, bool nesterov = false)
        : base(learningRate)
    {
        Momentum = CheckDecay(momentum, nameof(momentum));
        this.nesterov = CheckNesterov(nesterov, momentum);
    }

    /// <summary>How much of the last update stays in the next one.</summary>
    public double Momentum { get; }

    /// <summary>What <see cref="Momentum"/> is multiplied by at each step, such as <see cref="Schedule.OneCycleMomentum"/>; null for nothing.</summary>
    public Schedule? MomentumSchedule { get; init; }

    private protected override ReadOnlySpan<string> Slots => Momentum == 0 ? [] : MomentumSlot;

    private protected override void Schedules(ref UpdateSegment segment)
    {
        var momentum = Momentum * (MomentumSchedule?.At(segment.Step - 1) ?? 1);
        segment.Momentum = (float)momentum;
        if (segment.Momentum >= 1) throw new InvalidOperationException($"{MomentumSchedule}: expected a momentum below 1 at step {segment.Step - 1}, but {momentum} came.");
    }

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        if (Momentum == 0) Updates.Run<Plain>(ref arguments, passes);
        else if (nesterov) Updates.Run<NesterovRule>(ref arguments, passes);
        else Updates.Run<MomentumRule>(ref arguments, passes);
    }

    internal readonly unsafe struct Plain : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Sgd;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            for (; i < end; i += V.Count) V.MultiplyAdd(minusRate, a.Gradient<V>(i), V.Load(a.Parameters + i)).Store(a.Parameters + i);
        }
    }

    internal readonly unsafe struct MomentumRule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Momentum;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var momentum = V.Broadcast(segment.Momentum);
            for (; i < end; i += V.Count)
            {
                var buffer = V.MultiplyAdd(momentum, V.Load(a.Slot0 + i), a.Gradient<V>(i));
                buffer.Store(a.Slot0 + i);
                V.MultiplyAdd(minusRate, buffer, V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }

    internal readonly unsafe struct NesterovRule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Nesterov;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var momentum = V.Broadcast(segment.Momentum);
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                var buffer = V.MultiplyAdd(momentum, V.Load(a.Slot0 + i), gradient);
                buffer.Store(a.Slot0 + i);
                var direction = V.MultiplyAdd(momentum, buffer, gradient);
                V.MultiplyAdd(minusRate, direction, V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
