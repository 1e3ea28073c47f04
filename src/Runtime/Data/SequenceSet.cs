namespace Kiln.Data;

/// <summary>What a <see cref="SequenceSet"/> says of each of its samples.</summary>
public enum SequenceLabels
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>One class.</summary>
    Class,

    /// <summary>A class for each time step.</summary>
    Steps,

    /// <summary>A sequence of classes with a length of its own, such as the digits that are written in an image.</summary>
    Sequence,
}

/// <summary>
/// Sequences of different lengths, of frames (a number of features for each time step) or of tokens (an integer for each), with or without labels.
/// A batch is padded with zeros to its longest length, and comes with the length of each sample.
/// </summary>
public sealed class SequenceSet
{
    private readonly Ragged<float>? _frames;
    private readonly Ragged<int>? _tokens;
    private readonly Ragged<int>? _labels;

    private SequenceSet(Ragged<float>? frames, Ragged<int>? tokens, int width, int maxLength, SequenceLabels kind = SequenceLabels.None, Ragged<int>? labels = null, int classes = 0, int maxLabels = 0)
    {
        (_frames, _tokens, _labels) = (frames, tokens, labels);
        (LabelKind, Classes) = (kind, classes);
        (Features, Vocabulary) = frames is null ? (0, width) : (width, 0);
        MaxLength = maxLength;
        MaxLabels = maxLabels;
    }

    /// <summary>Sequences of frames, each in an array of its own.</summary>
    /// <param name="sequences">Features of each time step, [length, features], at least one step in each; copied.</param>
    /// <param name="features">Values of a frame, at least 1.</param>
    /// <param name="maxLength">The most time steps, such as a network's; 0: those of the longest sequence.</param>
    /// <exception cref="ArgumentException">A sequence is no whole number of frames.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A sequence is empty or longer than <paramref name="maxLength"/>: the message has its index and length.</exception>
    public static SequenceSet OfFrames(float[][] sequences, int features, int maxLength = 0)
    {
        Sizes(features, nameof(features), maxLength);
        return Frames(Ragged<float>.Join(nameof(sequences), sequences, features, least: 1, maxLength), features, maxLength);
    }

    /// <summary>Sequences of frames, one after the other in one array.</summary>
    /// <param name="values">Features of each time step of each sequence; not copied.</param>
    /// <param name="lengths">Time steps of each sequence, at least 1.</param>
    /// <param name="features">Values of a frame, at least 1.</param>
    /// <param name="maxLength">The most time steps, such as a network's; 0: those of the longest sequence.</param>
    /// <exception cref="ArgumentException">The number of values is not the sum of the lengths times the features.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is less than 1 or above <paramref name="maxLength"/>: the message has its index and value.</exception>
    public static SequenceSet OfFrames(float[] values, ReadOnlySpan<int> lengths, int features, int maxLength = 0)
    {
        Sizes(features, nameof(features), maxLength);
        return Frames(new(nameof(values), values, lengths, features, least: 1, maxLength), features, maxLength);
    }

    /// <summary>Sequences of tokens, each in an array of its own.</summary>
    /// <param name="sequences">Tokens, each from 0 to vocabulary − 1, at least one in each; copied.</param>
    /// <param name="vocabulary">How many different tokens there can be, at least 1.</param>
    /// <param name="maxLength">The most time steps, such as a network's; 0: those of the longest sequence.</param>
    /// <exception cref="ArgumentOutOfRangeException">A sequence is empty or longer than <paramref name="maxLength"/>, or a token is not below <paramref name="vocabulary"/>: the message has its place and value.</exception>
    public static SequenceSet OfTokens(int[][] sequences, int vocabulary, int maxLength = 0)
    {
        Sizes(vocabulary, nameof(vocabulary), maxLength);
        return Tokens(nameof(sequences), Ragged<int>.Join(nameof(sequences), sequences, 1, least: 1, maxLength), vocabulary, maxLength);
    }

    /// <summary>Sequences of tokens, one after the other in one array.</summary>
    /// <param name="values">Tokens of each sequence, each from 0 to vocabulary − 1; not copied.</param>
    /// <param name="lengths">Time steps of each sequence, at least 1.</param>
    /// <param name="vocabulary">How many different tokens there can be, at least 1.</param>
    /// <param name="maxLength">The most time steps, such as a network's; 0: those of the longest sequence.</param>
    /// <exception cref="ArgumentException">The number of tokens is not the sum of the lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is less than 1 or above <paramref name="maxLength"/>, or a token is not below <paramref name="vocabulary"/>: the message has its place and value.</exception>
    public static SequenceSet OfTokens(int[] values, ReadOnlySpan<int> lengths, int vocabulary, int maxLength = 0)
    {
        Sizes(vocabulary, nameof(vocabulary), maxLength);
        return Tokens(nameof(values), new(nameof(values), values, lengths, 1, least: 1, maxLength), vocabulary, maxLength);
    }

    /// <summary>The same sequences, each with one class.</summary>
    /// <param name="labels">A class for each sequence, from 0 to classes − 1.</param>
    /// <param name="classes">How many classes there can be, at least 1.</param>
    /// <exception cref="ArgumentException">There are not as many labels as sequences.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not below <paramref name="classes"/>: the message has its index and value.</exception>
    public SequenceSet WithLabels(ReadOnlySpan<int> labels, int classes)
    {
        if (labels.Length != Count) throw new ArgumentException($"expected {English.Count(Count, "label")}, one for each sequence, but {English.There(labels.Length)}", nameof(labels));
        var ones = new int[Count];
        Array.Fill(ones, 1);
        return Labelled(SequenceLabels.Class, new(nameof(labels), labels.ToArray(), ones, 1, least: 1, most: 1), nameof(labels), classes, maxLabels: 1);
    }

    /// <summary>The same sequences, each with a class for each of its time steps.</summary>
    /// <param name="labels">As many classes for each sequence as it has time steps, from 0 to classes − 1.</param>
    /// <param name="classes">How many classes there can be, at least 1.</param>
    /// <exception cref="ArgumentException">There are not as many labels as sequences, or not as many in a sequence as it has time steps.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is not below <paramref name="classes"/>: the message has its place and value.</exception>
    public SequenceSet WithStepLabels(int[][] labels, int classes)
    {
        var ragged = Ragged<int>.Join(nameof(labels), labels, 1, least: 0, most: 0);
        CheckCount(ragged);
        for (var i = 0; i < Count; i++)
        {
            if (ragged.LengthOf(i) != LengthOf(i))
                throw new ArgumentException($"expected a label for each of the {English.Count(LengthOf(i), "time step")} of sequence {i}, but {nameof(labels)}[{i}] has {ragged.LengthOf(i)}", nameof(labels));
        }
        return Labelled(SequenceLabels.Steps, ragged, nameof(labels), classes, MaxLength);
    }

    /// <summary>The same sequences, each with a sequence of classes of a length of its own.</summary>
    /// <param name="labels">Classes for each sequence, from 0 to classes − 1; there may be none.</param>
    /// <param name="classes">How many classes there can be, at least 1.</param>
    /// <param name="maxLabels">The most labels of a sequence, such as a network's; 0: those of the longest sequence of labels.</param>
    /// <exception cref="ArgumentException">There are not as many sequences of labels as sequences.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are more labels than <paramref name="maxLabels"/>, or a label is not below <paramref name="classes"/>: the message has its place and value.</exception>
    public SequenceSet WithLabelSequences(int[][] labels, int classes, int maxLabels = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLabels);
        var ragged = Ragged<int>.Join(nameof(labels), labels, 1, least: 0, maxLabels);
        CheckCount(ragged);
        return Labelled(SequenceLabels.Sequence, ragged, nameof(labels), classes, maxLabels == 0 ? ragged.Longest : maxLabels);
    }

    /// <summary>Number of sequences.</summary>
    public int Count => _frames?.Count ?? _tokens!.Count;

    /// <summary>Values of a frame; 0 where the sequences are of tokens.</summary>
    public int Features { get; }

    /// <summary>How many different tokens there can be; 0 where the sequences are of frames.</summary>
    public int Vocabulary { get; }

    /// <summary>Time steps of the longest sequence.</summary>
    public int Longest => _frames?.Longest ?? _tokens!.Longest;

    /// <summary>The most time steps that a sequence may have: what was declared, else those of the longest.</summary>
    public int MaxLength { get; }

    /// <summary>What is said of each sequence.</summary>
    public SequenceLabels LabelKind { get; }

    /// <summary>How many classes there can be; 0 without labels.</summary>
    public int Classes { get; }

    /// <summary>The most labels that a sequence may have: what was declared, else those of the longest sequence of labels; 0 without labels.</summary>
    public int MaxLabels { get; }

    /// <summary>Time steps of a sequence.</summary>
    /// <param name="sequence">The sequence, in [0, <see cref="Count"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int LengthOf(int sequence)
    {
        CheckRow(sequence);
        return _frames?.LengthOf(sequence) ?? _tokens!.LengthOf(sequence);
    }

    /// <summary>The frames of a sequence, [length, features].</summary>
    /// <param name="sequence">The sequence, in [0, <see cref="Count"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">The sequences are of tokens.</exception>
    public ReadOnlySpan<float> FramesOf(int sequence)
    {
        CheckRow(sequence);
        return AllFrames[sequence];
    }

    /// <summary>The tokens of a sequence.</summary>
    /// <param name="sequence">The sequence, in [0, <see cref="Count"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">The sequences are of frames.</exception>
    public ReadOnlySpan<int> TokensOf(int sequence)
    {
        CheckRow(sequence);
        return AllTokens[sequence];
    }

    /// <summary>The labels of a sequence: one, one for each time step, or any number.</summary>
    /// <param name="sequence">The sequence, in [0, <see cref="Count"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">There are no labels.</exception>
    public ReadOnlySpan<int> LabelsOf(int sequence)
    {
        CheckRow(sequence);
        return AllLabels[sequence];
    }

    /// <summary>Copies the frames of a batch side by side, each sequence padded with zeros. Nothing is allocated.</summary>
    /// <param name="rows">Which sequences, in the order wanted, as from <see cref="BatchSampler"/>.</param>
    /// <param name="frames">Receives rows × time × features values; time is what there is room for, at least the length of the longest of the rows.</param>
    /// <param name="lengths">Receives the time steps of each row.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">The sequences are of tokens.</exception>
    public void Gather(ReadOnlySpan<int> rows, Span<float> frames, Span<int> lengths)
    {
        CheckRows(rows);
        AllFrames.Gather(rows, frames, lengths, nameof(frames));
    }

    /// <summary>Copies the tokens of a batch side by side, each sequence padded with zeros. Nothing is allocated.</summary>
    /// <param name="rows">Which sequences, in the order wanted, as from <see cref="BatchSampler"/>.</param>
    /// <param name="tokens">Receives rows × time tokens; time is what there is room for, at least the length of the longest of the rows.</param>
    /// <param name="lengths">Receives the time steps of each row.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">The sequences are of frames.</exception>
    public void Gather(ReadOnlySpan<int> rows, Span<int> tokens, Span<int> lengths)
    {
        CheckRows(rows);
        AllTokens.Gather(rows, tokens, lengths, nameof(tokens));
    }

    /// <summary>Copies the labels of a batch side by side, one for each sequence. Nothing is allocated.</summary>
    /// <param name="rows">Which sequences, in the order wanted.</param>
    /// <param name="labels">Receives a class for each row.</param>
    /// <exception cref="ArgumentException">The span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">The sequences have no label, or not one each.</exception>
    public void GatherLabels(ReadOnlySpan<int> rows, Span<int> labels)
    {
        CheckRows(rows);
        if (LabelKind != SequenceLabels.Class) throw new InvalidOperationException($"expected one label for each sequence, but the labels of the set are {LabelKind}");
        if (labels.Length != rows.Length) throw new ArgumentException($"expected room for {English.Count(rows.Length, "label")}, but the span has {labels.Length}", nameof(labels));
        for (var i = 0; i < rows.Length; i++) labels[i] = AllLabels[rows[i]][0];
    }

    /// <summary>Copies the labels of a batch side by side, those of each sequence padded with zeros. Nothing is allocated.</summary>
    /// <param name="rows">Which sequences, in the order wanted.</param>
    /// <param name="labels">Receives rows × labels classes; labels is what there is room for, at least those of the row with the most.</param>
    /// <param name="lengths">Receives the number of labels of each row.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    /// <exception cref="InvalidOperationException">There are no labels.</exception>
    public void GatherLabels(ReadOnlySpan<int> rows, Span<int> labels, Span<int> lengths)
    {
        CheckRows(rows);
        AllLabels.Gather(rows, labels, lengths, nameof(labels));
    }

    private Ragged<float> AllFrames => _frames ?? throw new InvalidOperationException("expected sequences of frames, but those of the set are of tokens");

    private Ragged<int> AllTokens => _tokens ?? throw new InvalidOperationException("expected sequences of tokens, but those of the set are of frames");

    private Ragged<int> AllLabels => _labels ?? throw new InvalidOperationException("expected labels, but the set has none");

    private static SequenceSet Frames(Ragged<float> frames, int features, int maxLength) => new(frames, null, features, maxLength == 0 ? frames.Longest : maxLength);

    private static SequenceSet Tokens(string name, Ragged<int> tokens, int vocabulary, int maxLength)
    {
        CheckValues(name, tokens, vocabulary, "token");
        return new(null, tokens, vocabulary, maxLength == 0 ? tokens.Longest : maxLength);
    }

    private SequenceSet Labelled(SequenceLabels kind, Ragged<int> labels, string name, int classes, int maxLabels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        CheckValues(name, labels, classes, "label");
        return new(_frames, _tokens, _frames is null ? Vocabulary : Features, MaxLength, kind, labels, classes, maxLabels);
    }

    private static void CheckValues(string name, Ragged<int> sequences, int count, string what)
    {
        for (var i = 0; i < sequences.Count; i++)
        {
            var place = sequences[i].IndexOfAnyExceptInRange(0, count - 1);
            if (place >= 0) throw new ArgumentOutOfRangeException(name, sequences[i][place], $"expected each {what} to be from 0 to {count - 1}, but {what} {place} of sequence {i} is {sequences[i][place]}");
        }
    }

    private static void Sizes(int width, string name, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, name);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
    }

    private void CheckCount(Ragged<int> labels)
    {
        if (labels.Count != Count) throw new ArgumentException($"expected labels of {English.Count(Count, "sequence")}, but there are those of {labels.Count}", nameof(labels));
    }

    private void CheckRow(int sequence)
    {
        if ((uint)sequence >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"the set has {English.Count(Count, "sequence")}");
    }

    private void CheckRows(ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(rows), row, $"the set has {English.Count(Count, "sequence")}");
        }
    }
}
