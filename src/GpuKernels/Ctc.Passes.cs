using ILGPU;
using Kiln.Kernels;

namespace Kiln.Gpu.Kernels;

// Through the steps, forward and back. All threads of a group meet at every barrier: what they branch on is the same for all.
public static partial class Ctc
{
    /// <summary>All forward variables.</summary>
    /// <param name="s">The sample.</param>
    /// <param name="lanes">Shared memory.</param>
    /// <param name="isTooShort">There are too few steps for the labels.</param>
    /// <returns>−log p(labels | scores).</returns>
    private static double Forward(Sample s, ArrayView<float> lanes, bool isTooShort)
    {
        var taken = Lane.Zero;
        var logarithm = 0.0;
        var isPossible = !isTooShort;
        for (var step = 0; step < s.Steps && isPossible; step++)
        {
            for (var i = Group.IdxX; i < s.Width; i += Threads.Group)
            {
                var at = s.Forward + step * s.Width + i;
                var sum = LogSum(Lane.Load(s.Scratch, at), Lane.Load(s.Scratch, at - 1), Lane.Load(s.Scratch, at - 2) + Lane.Load(s.Scratch, s.Skip + i)) - taken + Emission(s, step, i);
                sum.Store(s.Scratch, at + s.Width);
            }
            Group.Barrier();
            if (Group.IdxX < Chains) lanes[Group.IdxX] = LargestOfChain(s, s.Forward + (step + 1) * s.Width).Value;
            Group.Barrier();
            logarithm += taken.Value;
            taken = Largest(lanes, 0);
            isPossible = Interop.FloatAsInt(taken.Value) != 0xFF800000u;
        }
        if (!isPossible) return double.PositiveInfinity;
        var end = s.Forward + s.Steps * s.Width + s.States;
        var last = LogSum(Lane.Load(s.Scratch, end - 1), Lane.Load(s.Scratch, end - 2), Lane.Broadcast(float.NegativeInfinity));
        return 0 - (logarithm + last.Value);
    }

    /// <summary>The gradient, last step first. The forward variables are overwritten.</summary>
    private static void Backward(Sample s, ArrayView<float> gradient, ArrayView<float> lanes)
    {
        var taken = Lane.Zero;
        var (next, other) = (s.Backward, s.OtherBackward);
        for (var step = s.Steps - 1; step >= 0; step--)
        {
            var row = s.Forward + (step + 1) * s.Width;
            for (var i = Group.IdxX; i < s.Width; i += Threads.Group)
            {
                var backward = LogSum(Lane.Load(s.Scratch, next + i), Lane.Load(s.Scratch, next + i + 1), Lane.Load(s.Scratch, next + i + 2) + Lane.Load(s.Scratch, s.Skip + i + 2)) - taken;
                (Lane.Load(s.Scratch, row + i) + backward).Store(s.Scratch, row + i);
                (backward + Emission(s, step, i)).Store(s.Scratch, other + i);
            }
            Group.Barrier();
            if (Group.IdxX < 2 * Chains) lanes[Group.IdxX] = LargestOfChain(s, Group.IdxX < Chains ? row : other).Value;
            Group.Barrier();
            var most = Largest(lanes, 0);
            taken = Largest(lanes, Chains);

            // Occupancies, but for a factor that they have in common.
            for (var i = Group.IdxX; i < s.Width; i += Threads.Group) VectorMath.Exp(Lane.Load(s.Scratch, row + i) - most).Store(s.Scratch, row + i);
            Group.Barrier();
            if (Group.IdxX < Chains)
            {
                var sum = Lane.Zero;
                for (var i = Group.IdxX; i < s.Width; i += Chains) sum += Lane.Load(s.Scratch, row + i);
                lanes[2 * Chains + Group.IdxX] = sum.Value;
            }
            Group.Barrier();
            WriteGradient(s, gradient, step, row, 1 / Sums.Tree(lanes, 2 * Chains, 1));
            (next, other) = (other, next);
        }
    }

    /// <summary>Softmax − occupancy of a step.</summary>
    private static void WriteGradient(Sample s, ArrayView<float> gradient, int step, int row, float factor)
    {
        var first = s.Score + step * s.StepStride;
        for (var c = Group.IdxX; c < s.Classes; c += Threads.Group)
        {
            var value = VectorMath.Exp(Lane.Load(s.Scores, first + c) - Lane.Load(s.Scratch, s.LogSums + 2 * step) - Lane.Load(s.Scratch, s.LogSums + 2 * step + 1)).Value;
            for (var i = 0; i < s.Count; i++)
                if (LabelAt(s, i) == c) value -= factor * s.Scratch[row + 2 * i + 1];
            if (c == s.Blank)
            {
                var blanks = 0f;
                for (var i = 0; i < s.States; i += 2) blanks += s.Scratch[row + i];
                value -= factor * blanks;
            }
            gradient[first + c] = value;
        }
    }
}
