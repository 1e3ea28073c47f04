using System.Runtime.CompilerServices;
using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

/// <summary>
/// Connectionist temporal classification as <see cref="Kiln.Kernels.Ctc"/> computes it: a group of threads for each sample, a thread for each state or class. Sums and maxima run along the
/// same 16 chains.
/// </summary>
public static partial class Ctc
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int Chains = 16;

    /// <summary>A sample, and where its variables are in the scratch memory.</summary>
    private struct Sample
    {
        public ArrayView<float> Scores, Labels, Scratch;

        /// <summary>Of the scores: the first one, and from a step to the next; so of the gradient.</summary>
        public int Score, StepStride;

        /// <summary>Of the labels: the first one, and from a label to the next.</summary>
        public int Label, LabelStride;

        public int Steps, Classes, Count, Blank;

        /// <summary>States; states and at least two that are dead, rounded up to 16.</summary>
        public int States, Width;

        /// <summary>Forward variables: a row for the time before the first step, then one for each step.</summary>
        public int Forward;

        /// <summary>Backward variables times the probabilities of their step: of a step and of the one after it.</summary>
        public int Backward, OtherBackward;

        /// <summary>0 where a state can be reached past the one before it, else −∞.</summary>
        public int Skip;

        /// <summary>For each step the largest score and the logarithm of Σ exp(score − largest).</summary>
        public int LogSums;
    }

    /// <summary>The losses of rows, and their gradients, which are zero at dead steps. A group of threads for each row.</summary>
    /// <param name="scores">Row 0 at step 0.</param>
    /// <param name="lengths">Live steps of every row, before <paramref name="every"/>.</param>
    /// <param name="labels">Row 0's first label, as a float.</param>
    /// <param name="labelLengths">Labels of every row.</param>
    /// <param name="loss">Row 0's loss.</param>
    /// <param name="gradient">Row 0 at step 0.</param>
    /// <param name="scratch"><see cref="DeviceWork.CtcFloats"/>.</param>
    /// <param name="rowStride">From a row of the scores to the next; so of the gradient.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <param name="known">Whether there are lengths; else all steps are live.</param>
    /// <param name="classes">Classes, the blank among them.</param>
    /// <param name="labelRowStride">From a row of the labels to the next.</param>
    /// <param name="labelEvery">Every so many labels count.</param>
    /// <param name="labelsKnown">Whether there are lengths of labels.</param>
    /// <param name="blank">The class that means "no label".</param>
    /// <param name="skipInfeasible">Infinite losses are written as zero.</param>
    /// <param name="lossStride">From a loss to the next.</param>
    /// <param name="wanted">Whether the gradient is written.</param>
    /// <param name="rows">How many.</param>
    /// <param name="stepStride">From a step to the next; so of the gradient.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="labelStepStride">From a label to the next.</param>
    /// <param name="labelSteps">Labels of the row that has most.</param>
    public static void Rows(
        ArrayView<float> scores, ArrayView<int> lengths, ArrayView<float> labels, ArrayView<int> labelLengths, ArrayView<float> loss, ArrayView<float> gradient, ArrayView<float> scratch,
        int rowStride, int every, bool known, int classes, int labelRowStride, int labelEvery, bool labelsKnown, int blank, bool skipInfeasible, int lossStride, bool wanted,
        int rows, int stepStride, int steps, int labelStepStride, int labelSteps)
    {
        var row = Grid.IdxX;
        if (row >= rows) return;
        var count = TimeSteps.Length(labelLengths, row, labelEvery, labelsKnown, labelSteps);
        var live = TimeSteps.Length(lengths, row, every, known, steps);
        var width = DeviceWork.CtcWidth(count);
        var forward = row * DeviceWork.CtcFloats(1, steps, labelSteps) + Chains;
        var backward = forward + (live + 1) * width;
        var sample = new Sample
        {
            Scores = scores,
            Labels = labels,
            Scratch = scratch,
            Score = row * rowStride,
            StepStride = stepStride,
            Label = row * labelRowStride,
            LabelStride = labelStepStride,
            Steps = live,
            Classes = classes,
            Count = count,
            Blank = blank,
            States = 2 * count + 1,
            Width = width,
            Forward = forward,
            Backward = backward,
            OtherBackward = backward + width + Chains,
            Skip = backward + 2 * (width + Chains),
            LogSums = backward + 3 * (width + Chains),
        };
        var lanes = SharedMemory.Allocate<float>(Threads.Group);

        WriteStates(sample);
        LogSums(sample, lanes);
        var value = Forward(sample, lanes, live < Needed(sample));
        // All have read the forward variables of the last step, which Backward overwrites.
        Group.Barrier();
        var isInfinite = Interop.FloatAsInt(value) == 0x7FF0000000000000ul;
        if (Group.IdxX == 0)
        {
            var single = (float)value;
            loss[row * lossStride] = skipInfeasible && Interop.FloatAsInt(single) == 0x7F800000u ? 0 : single;
        }
        if (!wanted) return;
        if (!isInfinite) Backward(sample, gradient, lanes);
        for (var step = 0; step < steps; step++)
            for (var c = (step < live && !isInfinite ? classes : 0) + Group.IdxX; c < rowStride; c += Threads.Group) gradient[sample.Score + step * stepStride + c] = 0;
    }

    /// <summary>Steps that the labels need: one for each, and one for each that equals the one before it.</summary>
    private static int Needed(Sample s)
    {
        var needed = s.Count;
        for (var i = 1; i < s.Count; i++)
            if (LabelAt(s, i) == LabelAt(s, i - 1)) needed++;
        return needed;
    }

    [MethodImpl(Inline)]
    private static int LabelAt(Sample s, int i) => (int)s.Labels[s.Label + i * s.LabelStride];

    /// <summary>Which states can be skipped to, and the variables before the first and after the last step.</summary>
    private static void WriteStates(Sample s)
    {
        for (var i = Group.IdxX; i < s.Width + Chains; i += Threads.Group)
        {
            var canSkip = false;
            if (i % 2 == 1 && i >= 3 && i < s.States) canSkip = LabelAt(s, i / 2) != LabelAt(s, i / 2 - 1);
            s.Scratch[s.Skip + i] = canSkip ? 0 : float.NegativeInfinity;
            // A blank before the first step leads to the states 0 and 1; one after the last step follows the last two.
            s.Scratch[s.Forward - Chains + i] = i == Chains ? 0 : float.NegativeInfinity;
            s.Scratch[s.Backward + i] = i == s.States - 1 ? 0 : float.NegativeInfinity;
            s.Scratch[s.OtherBackward + i] = float.NegativeInfinity;
        }
    }

    /// <summary>Of all steps the logarithm of the sum of the exponentials of all classes, in two parts: eight steps side by side, a chain in each thread.</summary>
    private static void LogSums(Sample s, ArrayView<float> lanes)
    {
        var first = Group.IdxX / Chains * Chains;
        var padded = Layouts.Padded(s.Classes);
        for (var begin = 0; begin < s.Steps; begin += Threads.Group / Chains)
        {
            var step = begin + Group.IdxX / Chains;
            var most = Lane.Broadcast(float.NegativeInfinity);
            for (var c = Group.IdxX % Chains; c < padded; c += Chains) most = Lane.Max(most, ScoreOrNone(s, step, c));
            lanes[Group.IdxX] = most.Value;
            Group.Barrier();
            most = Largest(lanes, first);
            Group.Barrier();
            var sum = Lane.Zero;
            for (var c = Group.IdxX % Chains; c < padded; c += Chains) sum += VectorMath.Exp(ScoreOrNone(s, step, c) - most);
            lanes[Group.IdxX] = sum.Value;
            Group.Barrier();
            if (Group.IdxX == first && step < s.Steps)
            {
                s.Scratch[s.LogSums + 2 * step] = most.Value;
                s.Scratch[s.LogSums + 2 * step + 1] = VectorMath.Log(Lane.Broadcast(Sums.Tree(lanes, first, 1))).Value;
            }
            Group.Barrier();
        }
    }

    /// <summary>A score; −∞ after the last class.</summary>
    [MethodImpl(Inline)]
    private static Lane ScoreOrNone(Sample s, int step, int c)
    {
        var value = float.NegativeInfinity;
        if (c < s.Classes && step < s.Steps) value = s.Scores[s.Score + step * s.StepStride + c];
        return Lane.Broadcast(value);
    }

    /// <summary>The log probability of a state in a step. From the states at the start the end is too far: they are dead, and so are those behind the last.</summary>
    [MethodImpl(Inline)]
    private static Lane Emission(Sample s, int step, int state)
    {
        var value = float.NegativeInfinity;
        if (state >= s.States - 2 * (s.Steps - step) && state < s.States)
        {
            var c = s.Blank;
            if (state % 2 == 1) c = LabelAt(s, state / 2);
            value = s.Scores[s.Score + step * s.StepStride + c] - s.Scratch[s.LogSums + 2 * step] - s.Scratch[s.LogSums + 2 * step + 1];
        }
        return Lane.Broadcast(value);
    }

    /// <summary>log(eᵃ + eᵇ + eᶜ).</summary>
    [MethodImpl(Inline)]
    private static Lane LogSum(Lane a, Lane b, Lane c)
    {
        // Nothing is taken off where all are −∞, whose difference would not be a number.
        var most = Lane.Max(Lane.Max(a, b), c);
        var off = Lane.SelectGreater(most, Lane.Broadcast(float.NegativeInfinity), most, Lane.Zero);
        return off + VectorMath.Log(VectorMath.Exp(a - off) + VectorMath.Exp(b - off) + VectorMath.Exp(c - off));
    }

    /// <summary>The largest of 16; NaN if one is NaN.</summary>
    [MethodImpl(Inline)]
    private static Lane Largest(ArrayView<float> lanes, int first)
    {
        var largest = Lane.Load(lanes, first);
        for (var i = 1; i < Chains; i++) largest = VectorMath.Maximum(Lane.Load(lanes, first + i), largest);
        return largest;
    }

    /// <summary>The maximum of variables on the thread's chain; the thread is one of 16.</summary>
    [MethodImpl(Inline)]
    private static Lane LargestOfChain(Sample s, int variables)
    {
        var largest = Lane.Broadcast(float.NegativeInfinity);
        for (var i = Group.IdxX % Chains; i < s.Width; i += Chains) largest = VectorMath.Maximum(largest, Lane.Load(s.Scratch, variables + i));
        return largest;
    }
}
