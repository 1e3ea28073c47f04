using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Resilient propagation (Riedmiller and Braun 1993), with the formulas of PyTorch's <c>torch.optim.Rprop</c>. Every parameter has a step size s, which
/// its gradient's sign alone moves: s ← s · η⁺ where g · h &gt; 0, s · η⁻ where g · h &lt; 0, within limits, with h the gradient of the step before. Where
/// the sign has changed, g ← 0. Then p ← p − sign(g) · s, h ← g. For gradients of the whole data: those of small batches change their signs by chance.
/// The learning rate is the size that a parameter's first step has; setting it later moves no size.
/// </summary>
public sealed class Rprop : Optimizer
{
    private const string StepSize = "step_size";
    private static readonly string[] GradientAndStep = ["previous_gradient", StepSize];

    /// <summary>Rprop.</summary>
    /// <param name="learningRate">The first step size, within the limits; at least 0.</param>
    /// <param name="shrink">η⁻: the factor where the gradient's sign changes, above 0 and below 1.</param>
    /// <param name="grow">η⁺: the factor where it stays, above 1 and finite.</param>
    /// <param name="smallestStep">Above 0.</param>
    /// <param name="largestStep">At least <paramref name="smallestStep"/>, and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Rprop(double learningRate = 1e-2, double shrink = 0.5, double grow = 1.2, double smallestStep = 1e-6, double largestStep = 50)
        : base(learningRate)
    {
        Shrink = Check(shrink, (float)shrink is > 0 and < 1, nameof(shrink), "above 0 and below 1 as a float");
        Grow = Check(grow, (float)grow > 1 && float.IsFinite((float)grow), nameof(grow), "above 1 and finite as a float");
        SmallestStep = Check(smallestStep, (float)smallestStep > 0 && float.IsFinite((float)smallestStep), nameof(smallestStep), "above 0 and finite as a float");
        LargestStep = Check(largestStep, largestStep >= smallestStep && float.IsFinite((float)largestStep), nameof(largestStep), "at least smallestStep and finite as a float");
    }

    /// <summary>The factor of a step size where the gradient's sign changes.</summary>
    public double Shrink { get; }

    /// <summary>The factor of a step size where the gradient's sign stays.</summary>
    public double Grow { get; }

    /// <summary>No step size is below it.</summary>
    public double SmallestStep { get; }

    /// <summary>No step size is above it.</summary>
    public double LargestStep { get; }

    private protected override ReadOnlySpan<string> Slots => GradientAndStep;

    private protected override bool IsNonNegativeOwn(string slot) => slot == StepSize;

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        arguments.Shrink = (float)Shrink;
        arguments.Grow = (float)Grow;
        arguments.SmallestStep = (float)SmallestStep;
        arguments.LargestStep = (float)LargestStep;
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.Rprop;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var (first, one) = (V.Broadcast(segment.Rate), V.Broadcast(1));
            var (shrink, grow) = (V.Broadcast(a.Shrink), V.Broadcast(a.Grow));
            var (smallest, largest) = (V.Broadcast(a.SmallestStep), V.Broadcast(a.LargestStep));
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                // By the sign: the product of two small gradients is zero in floats.
                var agreement = Updates.Sign(gradient) * V.Load(a.Slot0 + i);
                var factor = V.SelectGreater(agreement, V.Zero, grow, V.SelectGreater(V.Zero, agreement, shrink, one));

                // Zero stands for the first size until there is a gradient, so that pads stay zero; without a gradient no size changes.
                var stored = V.Load(a.Slot1 + i);
                var size = V.Max(smallest, V.Min(largest, V.SelectEqual(stored, V.Zero, first, stored) * factor));
                V.SelectEqual(gradient, V.Zero, stored, size).Store(a.Slot1 + i);

                var followed = V.SelectGreater(V.Zero, agreement, V.Zero, gradient);
                followed.Store(a.Slot0 + i);
                V.MultiplyAdd(-Updates.Sign(followed), size, V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
