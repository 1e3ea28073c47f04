using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Kiln.Kernels;

/// <summary>
/// Connectionist temporal classification: −log p(labels | scores), summed over all ways in which the labels can be spread over the time steps,
/// and its gradient. A. Graves, S. Fernández, F. Gomez, J. Schmidhuber: Connectionist temporal classification. ICML 2006.
/// </summary>
/// <remarks>
/// The L labels with blanks before, between and after them are S = 2L + 1 states. A path begins in state 0 or 1, ends in one of the last two, and in each step stays, moves on by one
/// state, or by two: past a blank that lies between different labels. Forward and backward variables are logarithms. What a step has at most is taken off in the next, so that they
/// stay near zero, however long the sequence; the loss is the sum of what was taken off, in double precision. The occupancies of a step are divided by their own sum.
/// Lanes run along states, or along classes: class c is on chain c mod 16 of a sum, and so is state s, then <see cref="Sums.Tree"/>. Neither strides nor the vector width change a bit.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static unsafe class Ctc
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
    private const int Lanes = 16;

    /// <summary>
    /// Floats of scratch memory that a sample needs: (steps + 4) · W + 2 · steps + labels + 48, rounded up to a multiple of 16, where W = 2 · labels + 3, rounded up likewise. A sample of fewer
    /// steps or labels needs no more.
    /// </summary>
    /// <param name="steps">The most time steps, at least 0.</param>
    /// <param name="labels">The most labels, at least 0.</param>
    public static nint ScratchFloats(int steps, int labels) => new Memory(null, steps, labels).Floats;

    /// <summary>
    /// −log p(labels | scores) of one sample; the softmax over the classes is part of it. +∞ where no path leads through the labels: there are too few steps (L labels need L, and one more for
    /// each label that equals the one before it), or the scores of all paths are −∞. NaN among the scores gives NaN.
    /// </summary>
    /// <param name="scores">Logits: class c of step t at t · <paramref name="stepStride"/> + c · <paramref name="classStride"/>.</param>
    /// <param name="stepStride">Floats from a step to the next.</param>
    /// <param name="classStride">Floats from a class to the next: 1 for Rows, which is fastest, 16 for Lanes.</param>
    /// <param name="steps">Time steps of this sample, at least 0; what follows them is not read.</param>
    /// <param name="classes">Classes, the blank among them.</param>
    /// <param name="labels">Integers as floats, each a class other than the blank.</param>
    /// <param name="labelStride">Floats from a label to the next.</param>
    /// <param name="count">Labels of this sample, at least 0.</param>
    /// <param name="blank">The class that means "no label".</param>
    /// <param name="scratch"><see cref="ScratchFloats"/> of at least <paramref name="steps"/> and <paramref name="count"/>.</param>
    /// <param name="gradient">
    /// Receives scale · d loss / d scores = scale · (softmax − occupancy), laid out as the scores, which it may overwrite: zeros where the loss is +∞. Only <paramref name="steps"/> steps
    /// are written. Null: there is none.
    /// </param>
    /// <param name="gradientStepStride">Floats from a step of the gradient to the next.</param>
    /// <param name="gradientClassStride">Floats from a class of the gradient to the next.</param>
    /// <param name="scale">What the gradient is multiplied by.</param>
    /// <typeparam name="V">The vector width.</typeparam>
    [MethodImpl(Hot)]
    public static float Loss<V>(
        float* scores, nint stepStride, nint classStride, int steps, int classes, float* labels, nint labelStride, int count, int blank,
        float* scratch, float* gradient = null, nint gradientStepStride = 0, nint gradientClassStride = 0, float scale = 1)
        where V : struct, IVector<V>
    {
        var memory = new Memory(scratch, steps, count);
        var spare = WriteStates(memory, labels, labelStride, count, blank, steps);
        var loss = spare < 0 ? double.PositiveInfinity : Forward<V>(memory, scores, stepStride, classStride, steps, classes, blank);
        if (gradient != null)
        {
            if (double.IsPositiveInfinity(loss)) Clear(gradient, gradientStepStride, gradientClassStride, steps, classes);
            else Backward<V>(memory, scores, stepStride, classStride, steps, classes, blank, gradient, gradientStepStride, gradientClassStride, scale);
        }
        return (float)loss;
    }

    /// <summary>The losses of some rows, and their gradients, which are zero at dead steps.</summary>
    /// <param name="scores">Row 0 at step 0.</param>
    /// <param name="stepStride">From a step to the next; so of the gradient.</param>
    /// <param name="rowStride">From a row to the next; so of the gradient.</param>
    /// <param name="lengths">Live steps of every row, before <paramref name="every"/>; null: all are.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <param name="steps">Steps of every row.</param>
    /// <param name="classes">Classes, the blank among them.</param>
    /// <param name="labels">Row 0's first label, as a float.</param>
    /// <param name="labelStepStride">From a label to the next.</param>
    /// <param name="labelRowStride">From a row to the next.</param>
    /// <param name="labelLengths">Labels of every row.</param>
    /// <param name="labelEvery">Every so many count.</param>
    /// <param name="labelSteps">Labels of the row that has most.</param>
    /// <param name="blank">The class that means "no label".</param>
    /// <param name="skipInfeasible">Infinite losses are written as zero.</param>
    /// <param name="loss">Row 0's loss.</param>
    /// <param name="lossStride">From a row to the next.</param>
    /// <param name="gradient">Row 0 at step 0; null for none.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <typeparam name="V">The vector width.</typeparam>
    [MethodImpl(Hot)]
    public static void Rows<V>(
        float* scores, nint stepStride, nint rowStride, int* lengths, int every, int steps, int classes,
        float* labels, nint labelStepStride, nint labelRowStride, int* labelLengths, int labelEvery, int labelSteps,
        int blank, bool skipInfeasible, float* loss, nint lossStride, float* gradient, int row, int rows)
        where V : struct, IVector<V>
    {
        var scratch = Scratch.Of(ScratchFloats(steps, labelSteps));
        for (nint r = row; r < row + rows; r++)
        {
            var live = lengths == null ? steps : (lengths[r] + every - 1) / every;
            var count = labelLengths == null ? labelSteps : (labelLengths[r] + labelEvery - 1) / labelEvery;
            var own = gradient == null ? null : gradient + r * rowStride;
            var value = Loss<V>(scores + r * rowStride, stepStride, 1, live, classes, labels + r * labelRowStride, labelStepStride, count, blank, scratch, own, stepStride, 1);
            loss[r * lossStride] = skipInfeasible && float.IsPositiveInfinity(value) ? 0 : value;
            if (own != null)
                for (nint step = 0; step < steps; step++) new Span<float>(own + step * stepStride + (step < live ? classes : 0), (int)rowStride - (step < live ? classes : 0)).Clear();
        }
    }

    /// <summary>What lies where in the scratch memory of a sample.</summary>
    private readonly struct Memory
    {
        /// <summary>States; states and at least two that are dead, rounded up to 16.</summary>
        public readonly int States, Width;

        /// <summary>Forward variables: a row for the time before the first step, then one for each step. What lies before a row is the dead end of another.</summary>
        public readonly float* Forward;

        /// <summary>Backward variables times the probabilities of their step.</summary>
        public readonly float* Backward;

        /// <summary>0 where a state can be reached past the one before it, else −∞.</summary>
        public readonly float* Skip;

        /// <summary>Log probabilities of the states in a step.</summary>
        public readonly float* Emission;

        /// <summary>For each step the largest score and the logarithm of Σ exp(score − largest). Taken off a score one after the other, the larger part cancels exactly.</summary>
        public readonly float* LogSums;

        /// <summary>The classes of the labels.</summary>
        public readonly int* Labels;

        /// <summary>Floats in all.</summary>
        public readonly nint Floats;

        public Memory(float* start, int steps, int labels)
        {
            States = 2 * labels + 1;
            Width = (States + 2 + Lanes - 1) & -Lanes;
            nint forward = Lanes;
            var backward = forward + (nint)(steps + 1) * Width;
            var skip = backward + Width + Lanes;
            var emission = skip + Width + Lanes;
            var logSums = emission + Width;
            var classes = logSums + 2 * (nint)steps;
            Floats = (classes + labels + Lanes - 1) & -Lanes;
            Forward = start + forward;
            Backward = start + backward;
            Skip = start + skip;
            Emission = start + emission;
            LogSums = start + logSums;
            Labels = (int*)(start + classes);
        }
    }

    /// <summary>The classes of the labels, and which states can be skipped to.</summary>
    /// <returns>The steps that are not needed; less than zero if there are too few.</returns>
    private static int WriteStates(in Memory memory, float* labels, nint labelStride, int count, int blank, int steps)
    {
        Fill(memory.Skip, memory.Width + Lanes, float.NegativeInfinity);
        Fill(memory.Emission, memory.Width, float.NegativeInfinity);
        var needed = count;
        for (nint i = 0; i < count; i++)
        {
            memory.Labels[i] = (int)labels[i * labelStride];
            if (i == 0) continue;
            if (memory.Labels[i] == memory.Labels[i - 1]) needed++;
            else memory.Skip[2 * i + 1] = 0;
        }
        return steps - needed;
    }

    /// <summary>All forward variables.</summary>
    /// <returns>−log p(labels | scores).</returns>
    [MethodImpl(Hot)]
    private static double Forward<V>(in Memory memory, float* scores, nint stepStride, nint classStride, int steps, int classes, int blank)
        where V : struct, IVector<V>
    {
        // A blank before the first step leads to the states 0 and 1.
        var row = memory.Forward;
        Fill(row - Lanes, Lanes + memory.Width, float.NegativeInfinity);
        row[0] = 0;
        var (taken, logarithm) = (0f, 0.0);
        var lanes = stackalloc float[Lanes];
        for (nint t = 0; t < steps; t++, row += memory.Width)
        {
            LogSum<V>(scores + t * stepStride, classStride, classes, memory.LogSums + 2 * t);
            Emit(memory, scores + t * stepStride, classStride, memory.LogSums + 2 * t, blank, steps - (int)t);
            Fill(lanes, Lanes, float.NegativeInfinity);
            for (nint s = 0; s < memory.Width; s += Lanes)
            {
                for (nint i = 0; i < Lanes; i += V.Count)
                {
                    var at = row + s + i;
                    var sum = LogSum(V.Load(at), V.Load(at - 1), V.Load(at - 2) + V.Load(memory.Skip + s + i)) - V.Broadcast(taken) + V.Load(memory.Emission + s + i);
                    sum.Store(at + memory.Width);
                    VectorMath.Maximum(V.Load(lanes + i), sum).Store(lanes + i);
                }
            }
            logarithm += taken;
            taken = Largest(lanes);
            if (float.IsNegativeInfinity(taken)) return double.PositiveInfinity;
        }

        float last;
        LogSum(V32.Load(row + memory.States - 1), V32.Load(row + memory.States - 2), V32.Broadcast(float.NegativeInfinity)).Store(&last);
        return 0 - (logarithm + last);
    }

    /// <summary>The gradient, last step first. The forward variables are overwritten.</summary>
    [MethodImpl(Hot)]
    private static void Backward<V>(
        in Memory memory, float* scores, nint stepStride, nint classStride, int steps, int classes, int blank,
        float* gradient, nint gradientStepStride, nint gradientClassStride, float scale)
        where V : struct, IVector<V>
    {
        // A blank after the last step follows the last two states.
        var next = memory.Backward;
        Fill(next, memory.Width + Lanes, float.NegativeInfinity);
        next[memory.States - 1] = 0;
        var taken = 0f;
        float* nextLanes = stackalloc float[Lanes], lanes = stackalloc float[Lanes];
        for (nint t = steps - 1; t >= 0; t--)
        {
            var row = memory.Forward + (t + 1) * memory.Width;
            var score = scores + t * stepStride;
            Emit(memory, score, classStride, memory.LogSums + 2 * t, blank, steps - (int)t);
            Fill(nextLanes, Lanes, float.NegativeInfinity);
            Fill(lanes, Lanes, float.NegativeInfinity);
            for (nint s = 0; s < memory.Width; s += Lanes)
            {
                for (nint i = 0; i < Lanes; i += V.Count)
                {
                    var at = next + s + i;
                    var backward = LogSum(V.Load(at), V.Load(at + 1), V.Load(at + 2) + V.Load(memory.Skip + s + i + 2)) - V.Broadcast(taken);
                    var both = V.Load(row + s + i) + backward;
                    both.Store(row + s + i);
                    VectorMath.Maximum(V.Load(lanes + i), both).Store(lanes + i);
                    backward += V.Load(memory.Emission + s + i);
                    backward.Store(at);
                    VectorMath.Maximum(V.Load(nextLanes + i), backward).Store(nextLanes + i);
                }
            }
            taken = Largest(nextLanes);

            // Occupancies, but for a factor that they have in common.
            var most = V.Broadcast(Largest(lanes));
            Fill(lanes, Lanes, 0);
            for (nint s = 0; s < memory.Width; s += Lanes)
            {
                for (nint i = 0; i < Lanes; i += V.Count)
                {
                    var share = VectorMath.Exp(V.Load(row + s + i) - most);
                    share.Store(row + s + i);
                    (V.Load(lanes + i) + share).Store(lanes + i);
                }
            }

            var target = gradient + t * gradientStepStride;
            Softmax<V>(score, classStride, classes, memory.LogSums + 2 * t, scale, target, gradientClassStride);
            var factor = scale / Sums.Tree(lanes);
            var blanks = 0f;
            for (nint s = 0; s < memory.States - 1; s += 2)
            {
                blanks += row[s];
                target[memory.Labels[s / 2] * gradientClassStride] -= factor * row[s + 1];
            }
            target[blank * gradientClassStride] -= factor * (blanks + row[memory.States - 1]);
        }
    }

    /// <summary>The log probabilities of all states in a step. From the states at the start the end is too far: they are dead.</summary>
    [MethodImpl(Hot)]
    private static void Emit(in Memory memory, float* scores, nint classStride, float* logSum, int blank, int stepsLeft)
    {
        var blankScore = scores[blank * classStride] - logSum[0] - logSum[1];
        nint first = Math.Max(0, memory.States - 2 * stepsLeft);
        for (nint s = 0; s < first; s++) memory.Emission[s] = float.NegativeInfinity;
        for (var s = first; s < memory.States; s++)
            memory.Emission[s] = (s & 1) == 0 ? blankScore : scores[memory.Labels[s / 2] * classStride] - logSum[0] - logSum[1];
    }

    /// <summary>log(eᵃ + eᵇ + eᶜ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogSum<V>(V a, V b, V c) where V : struct, IVector<V>
    {
        // Nothing is taken off where all are −∞, whose difference would not be a number.
        var most = V.Max(V.Max(a, b), c);
        var off = V.SelectGreater(most, V.Broadcast(float.NegativeInfinity), most, V.Zero);
        return off + VectorMath.Log(VectorMath.Exp(a - off) + VectorMath.Exp(b - off) + VectorMath.Exp(c - off));
    }

    /// <summary>The logarithm of the sum of the exponentials of all classes in a step, in two parts.</summary>
    [MethodImpl(Hot)]
    private static void LogSum<V>(float* scores, nint stride, int classes, float* logSum) where V : struct, IVector<V>
    {
        float* buffer = stackalloc float[Lanes], lanes = stackalloc float[Lanes];
        Fill(lanes, Lanes, float.NegativeInfinity);
        for (nint c = 0; c < classes; c += Lanes)
        {
            var part = Sixteen(scores + c * stride, stride, classes - (int)c, buffer);
            for (nint i = 0; i < Lanes; i += V.Count) V.Max(V.Load(lanes + i), V.Load(part + i)).Store(lanes + i);
        }

        var most = Largest(lanes);
        Fill(lanes, Lanes, 0);
        for (nint c = 0; c < classes; c += Lanes)
        {
            var part = Sixteen(scores + c * stride, stride, classes - (int)c, buffer);
            for (nint i = 0; i < Lanes; i += V.Count) (V.Load(lanes + i) + VectorMath.Exp(V.Load(part + i) - V.Broadcast(most))).Store(lanes + i);
        }

        logSum[0] = most;
        VectorMath.Log(V32.Broadcast(Sums.Tree(lanes))).Store(logSum + 1);
    }

    /// <summary>The softmax of the classes in a step, times a factor.</summary>
    [MethodImpl(Hot)]
    private static void Softmax<V>(float* scores, nint stride, int classes, float* logSum, float scale, float* target, nint targetStride)
        where V : struct, IVector<V>
    {
        float* buffer = stackalloc float[Lanes], results = stackalloc float[Lanes];
        for (nint c = 0; c < classes; c += Lanes)
        {
            var live = Math.Min(Lanes, classes - (int)c);
            var part = Sixteen(scores + c * stride, stride, live, buffer);
            var to = live == Lanes && targetStride == 1 ? target + c : results;
            for (nint i = 0; i < Lanes; i += V.Count) (VectorMath.Exp(V.Load(part + i) - V.Broadcast(logSum[0]) - V.Broadcast(logSum[1])) * V.Broadcast(scale)).Store(to + i);
            if (to != results) continue;
            for (nint i = 0; i < live; i++) target[(c + i) * targetStride] = results[i];
        }
    }

    /// <summary>Sixteen classes side by side, where they lie or else copied; −∞ after the last.</summary>
    private static float* Sixteen(float* scores, nint stride, int live, float* buffer)
    {
        if (stride == 1 && live >= Lanes) return scores;
        for (nint i = 0; i < Lanes; i++) buffer[i] = i < live ? scores[i * stride] : float.NegativeInfinity;
        return buffer;
    }

    /// <summary>The largest of 16; NaN if one is NaN.</summary>
    private static float Largest(float* lanes)
    {
        var largest = lanes[0];
        for (var i = 1; i < Lanes; i++) largest = lanes[i] <= largest || float.IsNaN(largest) ? largest : lanes[i];
        return largest;
    }

    private static void Clear(float* gradient, nint stepStride, nint classStride, int steps, int classes)
    {
        for (nint t = 0; t < steps; t++)
            for (nint c = 0; c < classes; c++) gradient[t * stepStride + c * classStride] = 0;
    }

    private static void Fill(float* target, int count, float value) => new Span<float>(target, count).Fill(value);
}
