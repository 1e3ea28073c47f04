using System.ComponentModel;
using System.Runtime.CompilerServices;
using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// How gradients move parameters: <see cref="Sgd"/> (momentum, Nesterov's); by the history of squares <see cref="AdaGrad"/>, <see cref="AdaDelta"/>,
/// <see cref="RmsProp"/>; by moments <see cref="Adam"/>, <see cref="AdamW"/>, <see cref="AmsGrad"/>, <see cref="NAdam"/>, <see cref="Adamax"/>; by signs
/// <see cref="Rprop"/> and <see cref="Lion"/>; by all rows in each step a <see cref="FullBatchOptimizer"/>. What an optimizer remembers of a parameter belongs to the pair of both: programs given one instance
/// share it, programs given two instances keep theirs apart.
/// </summary>
public abstract partial class Optimizer
{
    internal const string AverageSlot = "average", AccumulatedSlot = "accumulated";

    private protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>Slots whose numbers are never negative: means or sums of squares, of which roots are taken, norms, sizes of steps.</summary>
    internal bool IsNonNegative(string slot) => slot is not (AverageSlot or AccumulatedSlot) && IsNonNegativeOwn(slot);

    private protected virtual bool IsNonNegativeOwn(string slot) => false;

    /// <summary>Names of the values remembered for every parameter.</summary>
    private protected abstract ReadOnlySpan<string> Slots { get; }

    /// <summary>What this optimizer remembers about the parameters of a table: nothing yet.</summary>
    /// <param name="parameters">The table of the parameter block.</param>
    /// <param name="length">Floats of the parameter block.</param>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public OptimizerState CreateState(ParameterInfo[] parameters, long length) =>
        new(this, parameters, length, [.. Slots, .. AverageDecay is null ? [] : (string[])[AverageSlot], .. Accumulate == 1 ? [] : (string[])[AccumulatedSlot]]);

    /// <summary>
    /// One step over some ranges. The gradients are not written to, but where <see cref="GradientNoise"/> is added to them; pads stay zero. Bits depend neither on the
    /// vector width nor on the number of threads. Nothing is allocated. Whether loss and gradients are finite is for the caller to check first
    /// (<see cref="GradientsAreFinite"/>): after this call everything has moved.
    /// </summary>
    /// <param name="parameters">The parameter block.</param>
    /// <param name="gradients">Laid out like it.</param>
    /// <param name="state">Made by this optimizer's <see cref="CreateState"/> for the same table.</param>
    /// <param name="ranges">Whole parameters, ascending: <see cref="ParameterRange.Of"/>.</param>
    /// <param name="workers">Share the work.</param>
    /// <exception cref="ArgumentException">The state is another optimizer's.</exception>
    /// <exception cref="InvalidOperationException">The schedule gave no factor that can be used; nothing has moved.</exception>
    /// <exception cref="ObjectDisposedException">The state was disposed of.</exception>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public unsafe void Step(float* parameters, float* gradients, OptimizerState state, ReadOnlySpan<ParameterRange> ranges, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(workers);
        Step(parameters, gradients, state, ranges, workers.Passes);
    }

    /// <summary>The same, wherever the memory is: the numbers of a step are computed here, and its passes run there.</summary>
    internal unsafe void Step(float* parameters, float* gradients, OptimizerState state, ReadOnlySpan<ParameterRange> ranges, UpdatePasses passes)
    {
        if (state.Optimizer != this) throw new ArgumentException("The state was made by another optimizer.", nameof(state));
        Unsafe.SkipInit(out UpdateArguments arguments);
        arguments.Parameters = parameters;
        arguments.Segments = state.Segments;
        if (Accumulate == 1)
        {
            Move(ref arguments, gradients, state, ranges, passes);
        }
        else if (!state.IsLastOf(Accumulate, ranges))
        {
            arguments.SegmentCount = state.Segment(ranges, steps: 0);
            WeightRules.Accumulate(ref arguments, gradients, state, Accumulate, passes);
            state.CountPart(ranges);
        }
        else
        {
            // What may fail comes first: a part is added once.
            Prepare(ref arguments, state, ranges);
            WeightRules.Accumulate(ref arguments, gradients, state, Accumulate, passes);
            Run(ref arguments, passes.Place(state.Accumulated!), state, ranges, passes);
            state.EndParts(ranges, passes);
        }
        GC.KeepAlive(state);
    }

    /// <summary>One step on a device.</summary>
    /// <param name="parameters">Where the parameter block is.</param>
    /// <param name="gradients">Where that of the gradients is.</param>
    /// <param name="state">Made by this optimizer for the same table; its blocks are where <paramref name="updates"/> says.</param>
    /// <param name="ranges">Whole parameters, ascending.</param>
    /// <param name="updates">The device's passes.</param>
    internal unsafe void Step(nint parameters, nint gradients, OptimizerState state, ReadOnlySpan<ParameterRange> ranges, DeviceUpdates updates) =>
        Step((float*)parameters, (float*)gradients, state, ranges, updates);

    private unsafe void Move(ref UpdateArguments arguments, float* gradients, OptimizerState state, ReadOnlySpan<ParameterRange> ranges, UpdatePasses passes)
    {
        Prepare(ref arguments, state, ranges);
        Run(ref arguments, gradients, state, ranges, passes);
    }

    /// <summary>Counts the step and takes what the schedules say of it.</summary>
    private unsafe void Prepare(ref UpdateArguments arguments, OptimizerState state, ReadOnlySpan<ParameterRange> ranges)
    {
        arguments.SegmentCount = state.Segment(ranges, steps: 1);
        try
        {
            for (var i = 0; i < arguments.SegmentCount; i++)
            {
                ref var segment = ref arguments.Segments[i];
                var group = segment.Group < 0 ? null : groups[segment.Group];
                segment.LearningRate = RateAt(segment.Step - 1, group);
                segment.Decay = group?.Decay ?? 1;
                segment.Rate = (float)segment.LearningRate;
                Schedules(ref segment);
            }
        }
        catch
        {
            state.TakeBack(ranges);
            throw;
        }
    }

    private unsafe void Run(ref UpdateArguments arguments, float* gradients, OptimizerState state, ReadOnlySpan<ParameterRange> ranges, UpdatePasses passes)
    {
        arguments.Gradients = gradients;
        arguments.Limit = (float)(ClipValue ?? double.PositiveInfinity);
        arguments.Factor = 1;
        if (ClipNorm is { } limit)
        {
            var norm = passes.Norm(gradients, arguments.Limit, ranges);
            arguments.Factor = (float)Math.Min(1, limit / (norm + 1e-6));
        }
        if (GradientNoise is { } noise)
        {
            passes.AddNoise(noise, gradients, arguments.Limit, arguments.Factor, state, ranges);
            (arguments.Limit, arguments.Factor) = (float.PositiveInfinity, 1);
        }
        arguments.Slot0 = passes.Place(state, 0);
        arguments.Slot1 = passes.Place(state, 1);
        arguments.Slot2 = passes.Place(state, 2);
        Update(ref arguments, passes);
        if (MaxNorm is { } longest) passes.LimitNorms(arguments.Parameters, state.Parameters, ranges, (float)longest);
        if (AverageDecay is { } decay) WeightRules.Average(ref arguments, state, decay, passes);
    }

    /// <summary>Whether every gradient in the ranges is a finite number.</summary>
    /// <param name="gradients">The gradient block.</param>
    /// <param name="ranges">Which of it.</param>
    /// <param name="workers">Share the work.</param>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    public static unsafe bool GradientsAreFinite(float* gradients, ReadOnlySpan<ParameterRange> ranges, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        return FiniteCheck.AllSquaresFinite(gradients, ranges, workers);
    }

    /// <summary>Sets what other schedules say of this step. What it throws leaves everything as it was.</summary>
    private protected virtual void Schedules(ref UpdateSegment segment)
    {
    }

    /// <summary>Sets the numbers of its formula and runs it. The segments have their learning rates, by the schedule.</summary>
    private protected abstract void Update(ref UpdateArguments arguments, UpdatePasses passes);

    internal static bool IsLearningRate(double value) => value is >= 0 and <= 1e18;

    private protected static double Check(double value, bool valid, string name, string expected) =>
        valid ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {expected}.");

    /// <summary>A share of what was remembered that stays. What rounds to 1 would never forget.</summary>
    private protected static double CheckDecay(double decay, string name) =>
        Check(decay, decay >= 0 && (float)decay < 1, name, "at least 0 and below 1 as a float");

    /// <summary>Nesterov's momentum is a momentum.</summary>
    private protected static bool CheckNesterov(bool nesterov, double momentum) =>
        !nesterov || momentum > 0 ? nesterov : throw new ArgumentException("Nesterov's momentum needs a momentum above 0.", nameof(nesterov));

    /// <summary>A decoupled weight decay. Like the rate it is at most 10¹⁸, so that their product is a float.</summary>
    private protected static double CheckWeightDecay(double weightDecay) =>
        Check(weightDecay, weightDecay is >= 0 and <= 1e18, nameof(weightDecay), "from 0 to 1e18");

    /// <summary>Sets what a decoupled weight decay leaves of the parameters.</summary>
    private protected static unsafe void SetKept(ref UpdateArguments arguments, double weightDecay)
    {
        for (var i = 0; i < arguments.SegmentCount; i++) arguments.Segments[i].Kept = (float)(1 - arguments.Segments[i].LearningRate * weightDecay * arguments.Segments[i].Decay);
    }

    private protected static double CheckEpsilon(double epsilon) =>
        Check(epsilon, (float)epsilon > 0 && float.IsFinite((float)epsilon), nameof(epsilon), "above 0 and finite as a float");
}
