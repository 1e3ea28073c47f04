using Kiln.Data;

namespace Kiln.Training;

/// <summary>Labels that a loss spreads over the steps of their sample (connectionist temporal classification): where they do not fit, the loss is infinite.</summary>
public static partial class Guard
{
    /// <summary>Checks that the labels of every row fit its steps: a label takes one, and between two equal ones there is one more.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument with the labels.</param>
    /// <param name="labels">Rows padded to the same number of labels; empty where they are not known, so that only their number counts.</param>
    /// <param name="labelLengths">The labels of every row.</param>
    /// <param name="lengths">The steps of every row before <paramref name="every"/>; empty: all rows have <paramref name="steps"/>.</param>
    /// <param name="steps">The steps of the longest row before <paramref name="every"/>.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <exception cref="ArgumentException">A row has too few steps: the message names it.</exception>
    public static void Alignment(string program, string name, ReadOnlySpan<int> labels, ReadOnlySpan<int> labelLengths, ReadOnlySpan<int> lengths, int steps, int every)
    {
        var perRow = labels.Length / labelLengths.Length;
        for (var row = 0; row < labelLengths.Length; row++)
            Fit(program, name, "row", row, labelLengths[row], labels.IsEmpty ? labels : labels.Slice(row * perRow, labelLengths[row]), lengths.IsEmpty ? steps : lengths[row], every);
    }

    /// <summary>The same of a set, whose sequences are named by their numbers in it.</summary>
    /// <param name="program">The method.</param>
    /// <param name="name">The argument.</param>
    /// <param name="data">Sequences with sequences of labels.</param>
    /// <param name="every">Every so many steps count.</param>
    /// <exception cref="ArgumentException">A sequence has too few steps: the message names it.</exception>
    public static void Alignment(string program, string name, SequenceSet data, int every)
    {
        for (var sequence = 0; sequence < data.Count; sequence++)
            Fit(program, name, "sequence", sequence, data.LabelsOf(sequence).Length, data.LabelsOf(sequence), data.LengthOf(sequence), every);
    }

    private static void Fit(string program, string name, string kind, int number, int count, ReadOnlySpan<int> labels, int length, int every)
    {
        var (equal, steps) = (0, (length + every - 1) / every);
        for (var i = 1; i < labels.Length; i++)
        {
            if (labels[i] == labels[i - 1]) equal++;
        }
        if (count + equal <= steps) return;
        var between = equal == 0 ? "" : $" and {equal} between equal ones";
        var counted = every == 1 ? "" : $", one for every {every} of its {length}";
        throw new ArgumentException($"{program}: expected a step for each label, but {name} has in {kind} {number} {English.Count(count, "label")}{between}, and the {kind} has {English.Count(steps, "step")}{counted}: its loss is infinite. Ctc leaves such samples out with skipInfeasible: true.", name);
    }
}
