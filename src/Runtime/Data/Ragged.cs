namespace Kiln.Data;

/// <summary>Sequences of different lengths, one after the other in memory. An element, such as a frame, has a fixed number of values.</summary>
/// <typeparam name="T">float or int.</typeparam>
internal sealed class Ragged<T> where T : struct
{
    private readonly T[] _values;

    /// <summary>Where each sequence starts, in elements, and where the last one ends.</summary>
    private readonly int[] _starts;

    private readonly int _width;

    /// <summary>Sequences that lie side by side already.</summary>
    /// <param name="name">The argument with the values, for messages.</param>
    /// <param name="values">Not copied.</param>
    /// <param name="lengths">Elements of each sequence.</param>
    /// <param name="width">Values of an element.</param>
    /// <param name="least">The least length there may be.</param>
    /// <param name="most">The greatest length there may be; 0: any.</param>
    public Ragged(string name, T[] values, ReadOnlySpan<int> lengths, int width, int least, int most)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        _starts = new int[lengths.Length + 1];
        var total = 0L;
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < least || lengths[i] > (most == 0 ? int.MaxValue : most))
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths[i], $"expected lengths {(most == 0 ? $"of at least {least}" : $"from {least} to {most}")}, but sequence {i} of {name} has {lengths[i]}");
            total += lengths[i];
            if (total * width > values.Length) break;
            _starts[i + 1] = (int)total;
            Longest = Math.Max(Longest, lengths[i]);
        }
        if (total * width != values.Length)
            throw new ArgumentException($"expected as many values as the lengths say{(width == 1 ? "" : $", {width} for each")}, but {name} has {values.Length}, and the lengths are {lengths.Length} with a sum of {Sum(lengths)}", name);
        (_values, _width) = (values, width);
    }

    /// <summary>Sequences in arrays of their own, which are copied.</summary>
    public static Ragged<T> Join(string name, T[][] sequences, int width, int least, int most)
    {
        ArgumentNullException.ThrowIfNull(sequences, name);
        var lengths = new int[sequences.Length];
        for (var i = 0; i < sequences.Length; i++)
        {
            if (sequences[i] is not { } sequence) throw new ArgumentException($"expected sequences, but {name}[{i}] is null", name);
            if (sequence.Length % width != 0) throw new ArgumentException($"expected frames of {English.Count(width, "feature")}, but {name}[{i}] has {English.Count(sequence.Length, "value")}", name);
            lengths[i] = sequence.Length / width;
        }
        var total = sequences.Sum(s => (long)s.Length);
        if (total > Array.MaxLength) throw new ArgumentException($"expected at most {Array.MaxLength} values in all, but {name} has {total}", name);
        return new(name, [.. sequences.SelectMany(s => s)], lengths, width, least, most);
    }

    public int Count => _starts.Length - 1;

    /// <summary>Elements of the longest sequence.</summary>
    public int Longest { get; }

    public ReadOnlySpan<T> Values => _values;

    public int LengthOf(int sequence) => _starts[sequence + 1] - _starts[sequence];

    public ReadOnlySpan<T> this[int sequence] => _values.AsSpan(_starts[sequence] * _width, LengthOf(sequence) * _width);

    /// <summary>Copies the chosen sequences side by side, each padded with zeros to the same length: what the target has room for.</summary>
    public void Gather(ReadOnlySpan<int> rows, Span<T> target, Span<int> lengths, string name)
    {
        var row = (long)rows.Length * _width;
        if (rows.IsEmpty ? !target.IsEmpty : target.Length % row != 0)
            throw new ArgumentException($"expected room for {English.Count(rows.Length, "sequence")} of the same length{(_width == 1 ? "" : $" in frames of {_width}")}, but {name} has {English.Count(target.Length, "element")}", name);
        if (lengths.Length != rows.Length) throw new ArgumentException($"expected room for {rows.Length} lengths, but the span has {lengths.Length}", nameof(lengths));
        var room = rows.IsEmpty ? 0 : target.Length / rows.Length;
        foreach (var sequence in rows)
        {
            if (LengthOf(sequence) * _width > room)
                throw new ArgumentException($"expected room for {English.Count(LengthOf(sequence), "step")}, the length of sequence {sequence}, but {name} has room for {room / _width} in each row", name);
        }
        for (var i = 0; i < rows.Length; i++)
        {
            var values = this[rows[i]];
            var place = target.Slice(i * room, room);
            values.CopyTo(place);
            place[values.Length..].Clear();
            lengths[i] = LengthOf(rows[i]);
        }
    }

    private static long Sum(ReadOnlySpan<int> lengths)
    {
        var sum = 0L;
        foreach (var length in lengths) sum += length;
        return sum;
    }
}
