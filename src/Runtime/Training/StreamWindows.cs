using System.ComponentModel;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>The windows of parallel streams, one after the other. Nothing is allocated after construction.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed class StreamWindows
{
    private readonly TokenStreams _data;
    private readonly int[] _tokens, _targets, _lengths;

    /// <summary>Room for a window.</summary>
    /// <param name="data">The streams.</param>
    public StreamWindows(TokenStreams data)
    {
        ArgumentNullException.ThrowIfNull(data);
        _data = data;
        (_tokens, _targets, _lengths) = (new int[data.Batch * data.Time], new int[data.Batch * data.Time], new int[data.Batch]);
        Array.Fill(_lengths, data.Time);
    }

    /// <summary>The tokens of the window, [stream][step].</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>The token after each of them.</summary>
    public ReadOnlySpan<int> Targets => _targets;

    /// <summary>The length of each stream's window: they are all the same.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>Copies the window with some samples, where those of window w are the numbers from w · streams. The streams stay where they are.</summary>
    /// <param name="samples">The samples of one window, in their order.</param>
    public void Gather(ReadOnlySpan<int> samples) => _data.CopyWindow(samples[0] / _data.Batch, _tokens, _targets);

    /// <summary>Moves the streams past a window.</summary>
    /// <param name="samples">Its samples.</param>
    /// <returns>Whether it is the first of the streams, which go on from no other.</returns>
    public bool Take(ReadOnlySpan<int> samples)
    {
        _data.Position = samples[0] / _data.Batch;
        var isFirst = _data.IsAtStart;
        _data.Position++;
        return isFirst;
    }
}
