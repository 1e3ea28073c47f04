namespace Kiln.Data;

/// <summary>
/// A long text as parallel streams: it is cut into as many equal parts as a batch has rows, and each window is the next few tokens of every part. A row of a window goes on where the same row of the
/// window before it ended, so that a network can keep its state from window to window (truncated back-propagation through time).
/// The target of a token is the token after it.
/// </summary>
public sealed class TokenStreams
{
    private readonly int[] _tokens;
    private readonly int _length;
    private long _position;

    /// <summary>Streams over a text, at their start.</summary>
    /// <param name="tokens">The text; not copied. What does not fill a window of all streams at its end is left out.</param>
    /// <param name="batch">Streams, at least 1.</param>
    /// <param name="time">Tokens of a window, at least 1.</param>
    /// <param name="vocabulary">How many different tokens there can be, at least 1.</param>
    /// <exception cref="ArgumentException">There are less than batch · time + 1 tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or a token is not below <paramref name="vocabulary"/>: the message has its index and value.</exception>
    public TokenStreams(int[] tokens, int batch, int time, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(time, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        var outside = tokens.AsSpan().IndexOfAnyExceptInRange(0, vocabulary - 1);
        if (outside >= 0) throw new ArgumentOutOfRangeException(nameof(tokens), tokens[outside], $"expected each token to be from 0 to {vocabulary - 1}, but token {outside} is {tokens[outside]}");
        if (tokens.Length <= (long)batch * time)
            throw new ArgumentException($"expected at least {English.Count((long)batch * time + 1, "token")}, for {English.Count(batch, "stream")} of one window of {time} and the target of the last, but {English.There(tokens.Length)}", nameof(tokens));
        (_tokens, Batch, Time, Vocabulary) = (tokens, batch, time, vocabulary);

        // The last token is a target only.
        _length = (tokens.Length - 1) / batch;
        Windows = _length / time;
    }

    /// <summary>Streams: rows of a window.</summary>
    public int Batch { get; }

    /// <summary>Tokens of a window in each stream.</summary>
    public int Time { get; }

    /// <summary>How many different tokens there can be.</summary>
    public int Vocabulary { get; }

    /// <summary>Windows from the start of the streams to their end.</summary>
    public int Windows { get; }

    /// <summary>
    /// The window that comes next, counted from the first of the first pass: window p is window p mod <see cref="Windows"/> of pass p / <see cref="Windows"/>. All there is to save; set it to go on from there.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Whether the next window is the first of the streams, so that a network's state belongs to another part of the text: it is to be reset.</summary>
    public bool IsAtStart => _position % Windows == 0;

    /// <summary>Copies the next window and moves on; after the last comes the first. Nothing is allocated.</summary>
    /// <param name="tokens">Receives batch × time tokens.</param>
    /// <param name="targets">Receives the token after each of them.</param>
    /// <exception cref="ArgumentException">A span is not as long as that.</exception>
    public void Next(Span<int> tokens, Span<int> targets)
    {
        CheckRoom(nameof(tokens), tokens.Length);
        CheckRoom(nameof(targets), targets.Length);
        CopyWindow((int)(_position % Windows), tokens, targets);
        _position++;
    }

    /// <summary>Copies a window, and stays.</summary>
    internal void CopyWindow(int window, Span<int> tokens, Span<int> targets)
    {
        for (var stream = 0; stream < Batch; stream++)
        {
            var start = stream * _length + window * Time;
            _tokens.AsSpan(start, Time).CopyTo(tokens[(stream * Time)..]);
            _tokens.AsSpan(start + 1, Time).CopyTo(targets[(stream * Time)..]);
        }
    }

    private void CheckRoom(string name, int length)
    {
        if (length != (long)Batch * Time) throw new ArgumentException($"expected room for {English.Count(Batch, "stream")} of {English.Count(Time, "token")}, but {name} has {length}", name);
    }
}
