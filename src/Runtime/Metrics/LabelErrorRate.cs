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

    /// <summary>Sequences that were added.</summary>
    public long Sequences { get; private set; }

    /// <summary>Those of them that were recognised without any error.</summary>
    public long Right { get; private set; }

    /// <summary>The rate over all sequences, long ones counting for more.</summary>
    /// <exception cref="InvalidOperationException">There was no right label yet.</exception>
    public double Value => Labels > 0 ? Edits / (double)Labels : throw new InvalidOperationException($"{nameof(LabelErrorRate)}: expected at least one right label, but none was added.");

    /// <summary>(sequences with an error) / sequences.</summary>
    /// <exception cref="InvalidOperationException">There was no sequence yet.</exception>
    public double SequenceErrorRate => Sequences > 0 ? (Sequences - Right) / (double)Sequences : throw new InvalidOperationException($"{nameof(LabelErrorRate)}: expected at least one sequence, but none was added.");

    /// <summary>Counts a sequence.</summary>
    /// <param name="answer">What was recognised; it may be empty.</param>
    /// <param name="labels">What is right; it may be empty, and then all of the answer is insertions.</param>
    /// <returns>The edits of this sequence.</returns>
    public int Add(ReadOnlySpan<int> answer, ReadOnlySpan<int> labels) => Count(answer, labels);

    /// <summary>Counts a text, character by character.</summary>
    /// <param name="answer">What was recognised; it may be empty.</param>
    /// <param name="labels">What is right; it may be empty, and then all of the answer is insertions.</param>
    /// <returns>The edits of this text.</returns>
    public int Add(ReadOnlySpan<char> answer, ReadOnlySpan<char> labels) => Count(answer, labels);

    /// <summary>Counts a batch of sequences of which each has a row and a length; what follows in the row is padding.</summary>
    /// <param name="answers">What was recognised, [rows, the most labels of an answer].</param>
    /// <param name="answerLengths">Labels of each answer, which may be 0.</param>
    /// <param name="labels">What is right, [rows, the most labels].</param>
    /// <param name="labelLengths">Right labels of each row, which may be 0.</param>
    /// <returns>The edits of all of them.</returns>
    /// <exception cref="ArgumentException">There are no rows, or not as many of everything. Nothing is counted.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative or above what a row holds: the message has its index and value. Nothing is counted.</exception>
    public int Add(ReadOnlySpan<int> answers, ReadOnlySpan<int> answerLengths, ReadOnlySpan<int> labels, ReadOnlySpan<int> labelLengths)
    {
        Check.Pairs(nameof(LabelErrorRate), nameof(answerLengths), answerLengths.Length, nameof(labelLengths), labelLengths.Length);
        var answerRow = Check.Rows(nameof(LabelErrorRate), nameof(answers), answers.Length, nameof(answerLengths), answerLengths);
        var labelRow = Check.Rows(nameof(LabelErrorRate), nameof(labels), labels.Length, nameof(labelLengths), labelLengths);
        var edits = 0;
        for (var row = 0; row < labelLengths.Length; row++)
            edits += Count(answers.Slice(row * answerRow, answerLengths[row]), labels.Slice(row * labelRow, labelLengths[row]));
        return edits;
    }

    /// <summary>Forgets all sequences.</summary>
    public void Reset() => (Edits, Labels, Sequences, Right) = (0, 0, 0, 0);

    private int Count<T>(ReadOnlySpan<T> answer, ReadOnlySpan<T> labels) where T : IEquatable<T>
    {
        var edits = EditDistance.Between(answer, labels);
        Edits += edits;
        Labels += labels.Length;
        Sequences++;
        if (edits == 0) Right++;
        return edits;
    }
}
