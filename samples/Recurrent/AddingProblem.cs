using Kiln.Data;

namespace Kiln.Samples.Recurrent;

/// <summary>
/// The adding problem: of a long sequence of numbers two are marked, and their sum is asked for at the end. What counts is far away, and it is a quantity. S. Hochreiter, J. Schmidhuber: Long
/// short-term memory. 1997, experiment 4.
/// </summary>
internal static class AddingProblem
{
    /// <summary>A time step: the number, from −1 to 1; the marker, 1 at the two numbers, −1 at the first and the last step, else 0.</summary>
    public const int Features = 2;

    /// <summary>Units of the networks that are tried on it.</summary>
    public const int Units = 64;

    /// <summary>An answer is right if it is nearer than this.</summary>
    public const float Tolerance = 0.04f;

    private const int FirstMarkAmong = 10;

    /// <summary>The most time steps of a sequence.</summary>
    /// <param name="length">The least.</param>
    public static int MaxLength(int length) => length + length / 10;

    /// <summary>Makes sequences.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="length">T: sequences have T to T + T/10 steps; at least 22.</param>
    /// <param name="seed">Chooses everything.</param>
    /// <returns>The sequences, and ½ + (X₁ + X₂) / 4 for each.</returns>
    public static (SequenceSet Sequences, float[] Targets) Make(int count, int length, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2 * (FirstMarkAmong + 1));
        var random = new Random(seed);
        var (sequences, targets) = (new float[count][], new float[count]);
        for (var i = 0; i < count; i++)
        {
            var steps = random.Next(length, MaxLength(length) + 1);
            var frames = new float[steps * Features];
            for (var t = 0; t < steps; t++) frames[t * Features] = 2 * random.NextSingle() - 1;
            frames[1] = frames[^1] = -1;

            // One of the first ten, then one of the first T/2 − 1 others. The number of the first step is zero if it is chosen.
            var first = random.Next(FirstMarkAmong);
            var second = random.Next(length / 2 - 1);
            if (second >= first) second++;
            foreach (var marked in (ReadOnlySpan<int>)[first, second])
            {
                frames[marked * Features + 1] = 1;
                if (marked == 0) frames[0] = 0;
            }
            sequences[i] = frames;
            targets[i] = 0.5f + (frames[first * Features] + frames[second * Features]) / 4;
        }
        return (SequenceSet.OfFrames(sequences, Features, MaxLength(length)), targets);
    }
}
