using Kiln.Kernels;

namespace Kiln;

/// <summary>
/// Draws one class after another by <see cref="Sampling"/>, with random numbers of its own: draw n of a seed takes the same number on every machine (Philox4x32-10). Not for several threads at once.
/// </summary>
public sealed class Sampler
{
    /// <summary>The stream of random numbers that draws take.</summary>
    private static readonly uint Stream = Philox.StreamOf("sampling");

    /// <summary>A sampler that has drawn nothing yet.</summary>
    /// <param name="seed">Chooses the random numbers.</param>
    /// <param name="temperature">What the logits are divided by, at least 0; 0 gives the most probable class.</param>
    /// <param name="topK">How many of the most probable classes can be drawn, at least 1.</param>
    /// <param name="topP">The share of the probability, above 0 to 1, that the most probable classes must have together; no more than that takes can be drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Sampler(Seed seed, double temperature = 1, int topK = int.MaxValue, double topP = 1)
    {
        Sampling.CheckOptions(temperature, topK, topP);
        (Seed, Temperature, TopK, TopP) = (seed, temperature, topK, topP);
    }

    /// <summary>Chooses the random numbers.</summary>
    public Seed Seed { get; }

    /// <summary>What the logits are divided by.</summary>
    public double Temperature { get; }

    /// <summary>How many of the most probable classes can be drawn.</summary>
    public int TopK { get; }

    /// <summary>The share of the probability that the most probable classes must have together.</summary>
    public double TopP { get; }

    /// <summary>Draws so far, which is the number of the next one. Set it to go on from there.</summary>
    public ulong Position { get; set; }

    /// <summary>Draws a class. Nothing is allocated.</summary>
    /// <param name="scores">Logits, one for each class; −∞ for a class that must not be drawn.</param>
    /// <exception cref="ArgumentException">There are no scores, one is NaN or +∞, or all are −∞.</exception>
    public int Draw(ReadOnlySpan<float> scores)
    {
        var drawn = Sampling.Draw(scores, Philox.Uniform(0, Seed.Value, Stream, Position, 0), Temperature, TopK, TopP);
        Position++;
        return drawn;
    }

    /// <summary>Draws a class for each row of a batch, row by row. Nothing is allocated.</summary>
    /// <param name="scores">Logits, [rows, classes].</param>
    /// <param name="drawn">Receives a class for each row.</param>
    /// <exception cref="ArgumentException">The scores are no multiple of the rows, or those of a row cannot be drawn from: then nothing is drawn for the rows from there on.</exception>
    public void Draw(ReadOnlySpan<float> scores, Span<int> drawn)
    {
        if (drawn.IsEmpty || scores.Length % drawn.Length != 0)
            throw new ArgumentException($"{nameof(Draw)}: expected the same number of scores for each of {English.Count(drawn.Length, "row")}, but {nameof(scores)} has {scores.Length}.", nameof(scores));
        var classes = scores.Length / drawn.Length;
        for (var row = 0; row < drawn.Length; row++) drawn[row] = Draw(scores.Slice(row * classes, classes));
    }
}
