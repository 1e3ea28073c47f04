using System.Buffers;
using Kiln.Kernels;
using Kiln.Metrics;

namespace Kiln;

/// <summary>
/// Draws a class, such as the next character of a text, from the scores that a network gives: p = softmax(scores / temperature). A low temperature prefers what is likely; top-k and top-p
/// leave out what is not. The bits do not depend on the machine.
/// </summary>
public static class Sampling
{
    /// <summary>The class with the largest score; of equal ones the first. NaN is above every number.</summary>
    /// <param name="scores">A score for each class, at least one.</param>
    /// <exception cref="ArgumentException">There are no scores.</exception>
    public static int ArgMax(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty) throw new ArgumentException($"{nameof(ArgMax)}: expected at least one score, but {nameof(scores)} is empty.", nameof(scores));
        var best = 0;
        for (var c = 1; c < scores.Length; c++)
        {
            if (Check.Compare(scores[c], scores[best]) > 0) best = c;
        }
        return best;
    }

    /// <summary>Draws a class by a uniform number: the class in whose part of [0, 1) it lies, the classes' probabilities side by side. Nothing is allocated.</summary>
    /// <param name="scores">Logits, one for each class; −∞ for a class that must not be drawn.</param>
    /// <param name="uniform">A number in [0, 1).</param>
    /// <param name="temperature">What the logits are divided by, at least 0; 0 gives <see cref="ArgMax"/>.</param>
    /// <param name="topK">How many of the most probable classes can be drawn, at least 1; of equal ones the first. A. Fan, M. Lewis, Y. Dauphin 2018.</param>
    /// <param name="topP">
    /// The share of the probability, above 0 to 1, that the most probable classes must have together: no more of them than that takes can be drawn ("nucleus"). It is a share of what
    /// <paramref name="topK"/> has left. A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi 2020.
    /// </param>
    /// <exception cref="ArgumentException">There are no scores, one is NaN or +∞, or all are −∞.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static int Draw(ReadOnlySpan<float> scores, double uniform, double temperature = 1, int topK = int.MaxValue, double topP = 1)
    {
        if (!(uniform >= 0 && uniform < 1)) throw new ArgumentOutOfRangeException(nameof(uniform), uniform, $"{nameof(Draw)}: expected a number of at least 0 and below 1.");
        CheckOptions(temperature, topK, topP);
        var most = Largest(scores);
        if (temperature == 0) return ArgMax(scores);

        // The classes up to the last one in the order of their probabilities; a class of probability 0 is never drawn.
        var last = topK < scores.Length || topP < 1 ? LastKept(scores, most, temperature, topK, topP) : ulong.MaxValue;
        var sum = 0.0;
        for (var c = 0; c < scores.Length; c++)
        {
            if (Key(scores[c], c) <= last) sum += Weight(scores[c], most, temperature);
        }
        var (target, drawn) = (uniform * sum, -1);
        sum = 0;
        for (var c = 0; c < scores.Length; c++)
        {
            if (Key(scores[c], c) > last) continue;
            var weight = Weight(scores[c], most, temperature);
            if (weight == 0) continue;
            drawn = c;
            sum += weight;
            if (sum > target) break;
        }
        return drawn;
    }

    /// <summary>Refuses what no draw can be made with.</summary>
    internal static void CheckOptions(double temperature, int topK, double topP)
    {
        if (!(temperature >= 0 && double.IsFinite(temperature))) throw new ArgumentOutOfRangeException(nameof(temperature), temperature, $"{nameof(Sampling)}: expected a finite temperature of at least 0.");
        if (topK < 1) throw new ArgumentOutOfRangeException(nameof(topK), topK, $"{nameof(Sampling)}: expected at least one class.");
        if (!(topP > 0 && topP <= 1)) throw new ArgumentOutOfRangeException(nameof(topP), topP, $"{nameof(Sampling)}: expected a share above 0 and at most 1.");
    }

    private static float Largest(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty) throw new ArgumentException($"{nameof(Draw)}: expected at least one score, but {nameof(scores)} is empty.", nameof(scores));
        var most = float.NegativeInfinity;
        for (var c = 0; c < scores.Length; c++)
        {
            if (!(scores[c] < float.PositiveInfinity)) throw new ArgumentException(FormattableString.Invariant($"{nameof(Draw)}: expected scores below infinity, but {nameof(scores)}[{c}] is {scores[c]}."), nameof(scores));
            most = Math.Max(most, scores[c]);
        }
        return float.IsNegativeInfinity(most) ? throw new ArgumentException($"{nameof(Draw)}: expected a finite score, but all of {nameof(scores)} are -Infinity.", nameof(scores)) : most;
    }

    /// <summary>e to the power of (score − most) / temperature.</summary>
    private static unsafe float Weight(float score, float most, double temperature)
    {
        float weight;
        VectorMath.Exp(V32.Broadcast((float)(((double)score - most) / temperature))).Store(&weight);
        return weight;
    }

    /// <summary>Orders classes: larger scores first, of equal ones the first class.</summary>
    private static ulong Key(float score, int index)
    {
        // The bits of a float, read as an integer, ascend with it; those of negative ones descend. Adding 0 makes −0 the same as 0.
        var bits = BitConverter.SingleToUInt32Bits(score + 0f);
        var ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return (ulong)~ascending << 32 | (uint)index;
    }

    /// <summary>The key of the last class that is kept.</summary>
    private static ulong LastKept(ReadOnlySpan<float> scores, float most, double temperature, int topK, double topP)
    {
        var rented = ArrayPool<ulong>.Shared.Rent(scores.Length);
        var keys = rented.AsSpan(0, scores.Length);
        for (var c = 0; c < keys.Length; c++) keys[c] = Key(scores[c], c);
        keys.Sort();

        var count = Math.Min(topK, keys.Length);
        if (topP < 1)
        {
            var sum = 0.0;
            for (var i = 0; i < count; i++) sum += Weight(scores[(int)(uint)keys[i]], most, temperature);
            var (target, kept) = (topP * sum, 0);
            sum = 0;
            while (kept < count && sum < target) sum += Weight(scores[(int)(uint)keys[kept++]], most, temperature);
            count = kept;
        }
        var last = keys[count - 1];
        ArrayPool<ulong>.Shared.Return(rented);
        return last;
    }
}
