using System.ComponentModel;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>The sequences of a batch side by side, padded to the longest of them. Nothing is allocated after construction.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed class SequenceBatches
{
    private readonly SequenceSet _data;
    private readonly float[] _frames;
    private readonly int[] _tokens, _lengths, _labels, _labelLengths;
    private int _rows, _steps, _labelSteps;

    /// <summary>Room for the largest batch.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="batch">The most rows of a batch.</param>
    /// <exception cref="OverflowException">A batch has more elements than an int can count.</exception>
    public SequenceBatches(SequenceSet data, int batch)
    {
        ArgumentNullException.ThrowIfNull(data);
        _data = data;
        var rows = Math.Min(batch, data.Count);
        _frames = new float[checked(rows * data.Longest * data.Features)];
        _tokens = new int[data.Features > 0 ? 0 : checked(rows * data.Longest)];
        _lengths = new int[rows];
        _labels = new int[checked(rows * MostLabels(data))];
        _labelLengths = new int[rows];
    }

    /// <summary>The frames, [row][step][feature].</summary>
    public ReadOnlySpan<float> Frames => _frames.AsSpan(0, _rows * _steps * _data.Features);

    /// <summary>The tokens, [row][step].</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _rows * _steps);

    /// <summary>The length of each sequence.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, _rows);

    /// <summary>The labels: one of each row, one of each step, or as many as the row with the most has.</summary>
    public ReadOnlySpan<int> Labels => _labels.AsSpan(0, _rows * _labelSteps);

    /// <summary>The number of labels of each row.</summary>
    public ReadOnlySpan<int> LabelLengths => _labelLengths.AsSpan(0, _rows);

    /// <summary>Puts some sequences side by side.</summary>
    /// <param name="samples">Which, in the order wanted: at most as many as a batch has.</param>
    public void Gather(ReadOnlySpan<int> samples)
    {
        (_rows, _steps, _labelSteps) = (samples.Length, 1, 1);
        foreach (var sample in samples) _steps = Math.Max(_steps, _data.LengthOf(sample));
        if (_data.Features > 0) _data.Gather(samples, _frames.AsSpan(0, Frames.Length), _lengths.AsSpan(0, _rows));
        else _data.Gather(samples, _tokens.AsSpan(0, Tokens.Length), _lengths.AsSpan(0, _rows));
        if (_data.LabelKind == SequenceLabels.None) return;
        foreach (var sample in samples) _labelSteps = Math.Max(_labelSteps, _data.LabelsOf(sample).Length);
        _data.GatherLabels(samples, _labels.AsSpan(0, Labels.Length), _labelLengths.AsSpan(0, _rows));
    }

    /// <summary>Gives the mean loss of a batch.</summary>
    /// <param name="rows">The batch.</param>
    public delegate float BatchLoss(SequenceBatches rows);

    /// <summary>The mean loss over all sequences, in their order.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="batch">Rows of a batch.</param>
    /// <param name="loss">Of a batch.</param>
    public static double Loss(SequenceSet data, int batch, BatchLoss loss)
    {
        var sum = 0.0;
        Each(data, batch, (rows, count) => sum += (double)loss(rows) * count);
        return sum / data.Count;
    }

    /// <summary>Gives the share of right answers in a batch.</summary>
    /// <param name="rows">The batch.</param>
    public delegate double BatchAccuracy(SequenceBatches rows);

    /// <summary>The share of right answers over all sequences, or over all their steps where each of them has a label.</summary>
    /// <param name="data">The sequences.</param>
    /// <param name="batch">Rows of a batch.</param>
    /// <param name="accuracy">Of a batch.</param>
    public static double Accuracy(SequenceSet data, int batch, BatchAccuracy accuracy)
    {
        var (right, all) = (0.0, 0L);
        Each(data, batch, (rows, count) =>
        {
            var answers = data.LabelKind == SequenceLabels.Steps ? Evaluation.Steps(rows.Lengths) : count;
            right += Math.Round(answers * accuracy(rows));
            all += answers;
        });
        return right / all;
    }

    /// <summary>All sequences in their order, a batch at a time.</summary>
    private static void Each(SequenceSet data, int batch, Action<SequenceBatches, int> action)
    {
        var rows = new SequenceBatches(data, batch);
        var samples = new int[rows._lengths.Length];
        for (var first = 0; first < data.Count; first += samples.Length)
        {
            var count = Math.Min(samples.Length, data.Count - first);
            for (var i = 0; i < count; i++) samples[i] = first + i;
            rows.Gather(samples.AsSpan(0, count));
            action(rows, count);
        }
    }

    private static int MostLabels(SequenceSet data)
    {
        var most = data.LabelKind == SequenceLabels.None ? 0 : 1;
        for (var i = 0; most > 0 && i < data.Count; i++) most = Math.Max(most, data.LabelsOf(i).Length);
        return most;
    }
}
