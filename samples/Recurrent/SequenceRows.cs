using Kiln.Data;

namespace Kiln.Samples.Recurrent;

/// <summary>Sequences of a set side by side, padded to the longest of them, as programs take them.</summary>
/// <param name="data">The set.</param>
/// <param name="batch">The most rows.</param>
internal sealed class SequenceRows(SequenceSet data, int batch)
{
    private readonly float[] _frames = new float[batch * data.Longest * data.Features];
    private readonly int[] _tokens = new int[data.Vocabulary > 0 ? batch * data.Longest : 0];
    private readonly int[] _lengths = new int[batch];
    private int _steps;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The frames, [row][step][feature].</summary>
    public ReadOnlySpan<float> Frames => _frames.AsSpan(0, Count * _steps * data.Features);

    /// <summary>The tokens, [row][step].</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count * _steps);

    /// <summary>Steps of each row.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>Takes a batch of neighbours, fewer where the set ends.</summary>
    /// <param name="first">The first of them.</param>
    public void Take(int first) => Take([.. Enumerable.Range(first, Math.Min(batch, data.Count - first))]);

    /// <summary>Takes some sequences.</summary>
    /// <param name="samples">Which, at most a batch.</param>
    public void Take(ReadOnlySpan<int> samples)
    {
        (Count, _steps) = (samples.Length, 1);
        foreach (var sample in samples) _steps = Math.Max(_steps, data.LengthOf(sample));
        if (data.Features > 0) data.Gather(samples, _frames.AsSpan(0, Frames.Length), _lengths.AsSpan(0, Count));
        else data.Gather(samples, _tokens.AsSpan(0, Tokens.Length), _lengths.AsSpan(0, Count));
    }
}
