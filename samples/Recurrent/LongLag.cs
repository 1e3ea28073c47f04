using Kiln.Data;

namespace Kiln.Samples.Recurrent;

/// <summary>
/// A long time lag: the second symbol of a sequence, x or y, must be known again at its end, after many symbols that mean nothing. S. Hochreiter, J. Schmidhuber: Long short-term memory. 1997,
/// experiment 2c; here the number of symbols between is bounded.
/// </summary>
internal static class LongLag
{
    /// <summary>Tokens: what begins a sequence, what ends it, and the two that are asked for. Those that mean nothing follow.</summary>
    public const int Begin = 0, End = 1, X = 2, Y = 3, Distractors = 4;

    /// <summary>Different tokens where ten mean nothing; units of the networks that are tried on it.</summary>
    public const int Symbols = Distractors + 10, Units = 32;

    /// <summary>The most time steps of a sequence.</summary>
    /// <param name="lag">The fewest symbols between.</param>
    public static int MaxLength(int lag) => 3 + lag + lag / 10;

    /// <summary>Makes sequences: begin, x or y, lag to lag + lag/10 distractors, end. Label 0 is x, 1 is y.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="lag">The fewest symbols between, at least 1.</param>
    /// <param name="seed">Chooses everything.</param>
    /// <param name="distractors">How many different symbols mean nothing, at least 1.</param>
    public static SequenceSet Make(int count, int lag, int seed, int distractors = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(lag, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(distractors, 1);
        var random = new Random(seed);
        var (sequences, labels) = (new int[count][], new int[count]);
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(2);
            var between = Enumerable.Range(0, random.Next(lag, lag + lag / 10 + 1)).Select(_ => Distractors + random.Next(distractors));
            sequences[i] = [Begin, X + labels[i], .. between, End];
        }
        return SequenceSet.OfTokens(sequences, Distractors + distractors, MaxLength(lag)).WithLabels(labels, 2);
    }
}
