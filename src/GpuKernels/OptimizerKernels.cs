using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// The formulas of all optimizers, compiled for one element in a thread: the very code of the CPU. A kernel for each, over a segment of the parameter block; what a formula has no slot for, it
/// does not read. See <see cref="UpdateKernel"/>.
/// </summary>
internal static unsafe partial class OptimizerKernels
{
    public static void Sgd(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.Sgd.Plain>(p, g, s0, s1, s2, numbers, count);
    public static void Momentum(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.Sgd.MomentumRule>(p, g, s0, s1, s2, numbers, count);
    public static void Nesterov(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.Sgd.NesterovRule>(p, g, s0, s1, s2, numbers, count);
    public static void AdaGrad(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.AdaGrad.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void AdaDelta(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.AdaDelta.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void RmsProp(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.RmsProp.Plain<Kiln.RmsProp.BySquares>>(p, g, s0, s1, s2, numbers, count);
    public static void RmsPropMomentum(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.RmsProp.WithMomentum<Kiln.RmsProp.BySquares, Kiln.RmsProp.Along>>(p, g, s0, s1, s2, numbers, count);
    public static void RmsPropNesterov(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.RmsProp.WithMomentum<Kiln.RmsProp.BySquares, Kiln.RmsProp.Ahead>>(p, g, s0, s1, s2, numbers, count);
    public static void RmsPropCentred(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.RmsProp.Plain<Kiln.RmsProp.ByVariance>>(p, g, s0, s1, s2, numbers, count);
    public static void RmsPropCentredMomentum(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.RmsProp.WithMomentum<Kiln.RmsProp.ByVariance, Kiln.RmsProp.Along>>(p, g, s0, s1, s2, numbers, count);
    public static void RmsPropCentredNesterov(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.RmsProp.WithMomentum<Kiln.RmsProp.ByVariance, Kiln.RmsProp.Ahead>>(p, g, s0, s1, s2, numbers, count);
    public static void Adam(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.Adam.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void AdamW(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.AdamW.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void AmsGrad(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.AmsGrad.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void NAdam(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.NAdam.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void Adamax(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.Adamax.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void Rprop(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.Rprop.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void Lion(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<Kiln.Lion.Rule>(p, g, s0, s1, s2, numbers, count);
    public static void Accumulate(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<WeightRules.AccumulateRule>(p, g, s0, s1, s2, numbers, count);
    public static void Average(ArrayView<float> p, ArrayView<float> g, ArrayView<float> s0, ArrayView<float> s1, ArrayView<float> s2, ArrayView<float> numbers, int count) => Run<WeightRules.AverageRule>(p, g, s0, s1, s2, numbers, count);

    private static void Run<TRule>(ArrayView<float> parameters, ArrayView<float> gradients, ArrayView<float> slot0, ArrayView<float> slot1, ArrayView<float> slot2, ArrayView<float> numbers, int count)
        where TRule : struct, IUpdateRule
    {
        var i = Threads.Index;
        if (i >= count) return;
        fixed (float* p = &parameters[i], g = &gradients[i], s0 = &slot0[i], s1 = &slot1[i], s2 = &slot2[i])
        {
            var arguments = new UpdateArguments
            {
                Parameters = p,
                Gradients = g,
                Slot0 = s0,
                Slot1 = s1,
                Slot2 = s2,
                Limit = numbers[UpdateNumbers.Limit],
                Factor = numbers[UpdateNumbers.Factor],
                Decay0 = numbers[UpdateNumbers.Decay0],
                Decay1 = numbers[UpdateNumbers.Decay1],
                Weight0 = numbers[UpdateNumbers.Weight0],
                Weight1 = numbers[UpdateNumbers.Weight1],
                Epsilon = numbers[UpdateNumbers.Epsilon],
                Shrink = numbers[UpdateNumbers.Shrink],
                Grow = numbers[UpdateNumbers.Grow],
                SmallestStep = numbers[UpdateNumbers.SmallestStep],
                LargestStep = numbers[UpdateNumbers.LargestStep],
            };
            var segment = new UpdateSegment
            {
                Step = (int)numbers[UpdateNumbers.Step],
                Rate = numbers[UpdateNumbers.Rate],
                Kept = numbers[UpdateNumbers.Kept],
                Momentum = numbers[UpdateNumbers.Momentum],
                RootCorrection = numbers[UpdateNumbers.RootCorrection],
                MomentWeight = numbers[UpdateNumbers.MomentWeight],
                GradientWeight = numbers[UpdateNumbers.GradientWeight],
            };
            TRule.Apply<Lane>(arguments, segment, 0, 1);
        }
    }
}
