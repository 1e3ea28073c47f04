namespace Kiln.Kernels;

/// <summary>What the kernel of a formula reads of <see cref="UpdateArguments"/> and of a segment: the places in an array of floats in device memory.</summary>
internal static unsafe class UpdateNumbers
{
    public const int Limit = 0, Factor = 1, Decay0 = 2, Decay1 = 3, Weight0 = 4, Weight1 = 5, Epsilon = 6, Shrink = 7, Grow = 8, SmallestStep = 9, LargestStep = 10;
    public const int Rate = 11, Kept = 12, Momentum = 13, RootCorrection = 14, MomentWeight = 15, GradientWeight = 16;

    /// <summary>1 at the first step of the segment's parameters, else 2.</summary>
    public const int Step = 17;

    /// <summary>Floats of a segment.</summary>
    public const int Count = 32;

    public static void Write(in UpdateArguments arguments, in UpdateSegment segment, Span<float> numbers)
    {
        numbers[Limit] = arguments.Limit;
        numbers[Factor] = arguments.Factor;
        numbers[Decay0] = arguments.Decay0;
        numbers[Decay1] = arguments.Decay1;
        numbers[Weight0] = arguments.Weight0;
        numbers[Weight1] = arguments.Weight1;
        numbers[Epsilon] = arguments.Epsilon;
        numbers[Shrink] = arguments.Shrink;
        numbers[Grow] = arguments.Grow;
        numbers[SmallestStep] = arguments.SmallestStep;
        numbers[LargestStep] = arguments.LargestStep;
        numbers[Rate] = segment.Rate;
        numbers[Kept] = segment.Kept;
        numbers[Momentum] = segment.Momentum;
        numbers[RootCorrection] = segment.RootCorrection;
        numbers[MomentWeight] = segment.MomentWeight;
        numbers[GradientWeight] = segment.GradientWeight;
        numbers[Step] = segment.Step == 1 ? 1 : 2;
    }
}
