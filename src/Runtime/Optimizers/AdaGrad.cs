using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Adagrad (Duchi, Hazan, Singer 2011), with the formulas of PyTorch's <c>torch.optim.Adagrad</c>: s ← s + g²,
/// p ← p − rate · g / (√s + ε). Steps only ever shrink.
/// </summary>
public sealed class AdaGrad : Optimizer
{
    private static readonly string[] Sum = ["square_sum"];

    /// <summary>Adagrad.</summary>
    /// <param name="learningRate">At least 0.</param>
    /// <param name="epsilon">Keeps the quotient finite; above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public AdaGrad(double learningRate = 1e-2, double epsilon = 1e-10)
        : base(learningRate) => Epsilon = CheckEpsilon(epsilon);

    /// <summary>Added to the root of the sum of squares.</summary>
    public double Epsilon { get; }

    private protected override ReadOnlySpan<string> Slots => Sum;

    private protected override bool IsNonNegativeOwn(string slot) => true;

    private protected override void Update(ref UpdateArguments arguments, UpdatePasses passes)
    {
        arguments.Epsilon = (float)Epsilon;
        Updates.Run<Rule>(ref arguments, passes);
    }

    internal readonly unsafe struct Rule : IUpdateRule
    {
        public static UpdateKernel Kernel => UpdateKernel.AdaGrad;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Apply<V>(in UpdateArguments arguments, in UpdateSegment segment, long i, long end) where V : struct, IVector<V>
        {
            var a = arguments;
            var minusRate = V.Broadcast(-segment.Rate);
            var epsilon = V.Broadcast(a.Epsilon);
            var largest = V.Broadcast(float.MaxValue);
            for (; i < end; i += V.Count)
            {
                var gradient = a.Gradient<V>(i);
                // Each square is finite, their sum need not be: an infinite one would hold the parameter fast for ever.
                var sum = V.Min(largest, V.MultiplyAdd(gradient, gradient, V.Load(a.Slot0 + i)));
                sum.Store(a.Slot0 + i);
                V.MultiplyAdd(minusRate, gradient / (V.Sqrt(sum) + epsilon), V.Load(a.Parameters + i)).Store(a.Parameters + i);
            }
        }
    }
}
