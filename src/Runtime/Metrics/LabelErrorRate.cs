namespace Kiln.Metrics;

/// <summary>
/// (S + D + I) / N over any number of sequences: the substitutions, deletions and insertions that lead from the right labels to the answers, for each right
/// label. Of words it is the word error rate, of characters the character error rate. It can be above 1. Graves et al. 2006.
/// </summary>
public sealed class LabelErrorRate
{
    /// <summary>S + D + I over all sequences.</summary>
    public long Edits { get; private set; }

    /// <summary>N: right labels of all sequences.</summary>
    public long Labels { get; private set; }

    /// <summary>The rate over all sequences, long ones counting for more.</summary>
    /// <exception cref="InvalidOperationException">There was no right label yet.</exception>
    public double Value => Labels > 0 ? Edits / (double)Labels : throw new InvalidOperationException($"{nameof(LabelErrorRate)}: expected at least one right label, but none was added.");

    /// <summary>Counts a sequence.</summary>
    /// <param name="answer">What was recognised; it may be empty.</param>
    /// <param name="labels">What is right; it may be empty, and then all of the answer is insertions.</param>
    /// <returns>The edits of this sequence.</returns>
    public int Add(ReadOnlySpan<int> answer, ReadOnlySpan<int> labels)
    {
        var edits = EditDistance.Between(answer, labels);
        Edits += edits;
        Labels += labels.Length;
        return edits;
    }

    /// <summary>Forgets all sequences.</summary>
    public void Reset() => (Edits, Labels) = (0, 0);
}
