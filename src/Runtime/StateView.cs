using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>A state of a workspace or a training, by which one call goes on where another ended: a value for each row of the batch.</summary>
public sealed unsafe class StateView
{
    private readonly StateBlock _block;
    private readonly StateInfo _info;

    // Names of calls in messages.
    private readonly string _copyFrom, _reset, _gather;

    internal StateView(StateBlock block, StateInfo info, long offset)
    {
        (_block, _info, Offset) = (block, info, (nint)offset);
        (_copyFrom, _reset, _gather) = ($"States.{Name}.CopyFrom", $"States.{Name}.Reset", $"States.{Name}.Gather");
        Length = 1;
        foreach (var size in info.Shape) Length = checked(Length * size);
        Stride = (Length + 15) / 16 * 16;
    }

    /// <summary>As in checkpoints: <c>h.0</c>.</summary>
    public string Name => _info.Name;

    /// <summary>Shape of a row's value.</summary>
    public ReadOnlySpan<int> Shape => _info.Shape;

    /// <summary>Elements of a row's value.</summary>
    public int Length { get; }

    /// <summary>Rows: the batch.</summary>
    public int Rows => _block.Rows;

    /// <summary>Every element after a reset.</summary>
    public float Initial => _info.Initial;

    internal nint Offset { get; }

    internal int Stride { get; }

    /// <summary>Copies the values of all rows, row by row.</summary>
    /// <param name="values">Receives Rows · Length elements.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    /// <exception cref="InvalidOperationException">A call is under way on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void CopyTo(Span<float> values)
    {
        CheckLength(nameof(values), values.Length);
        _block.Begin(Name, reads: true);
        fixed (float* first = values) Layouts.RowsToRows(_block.Row(this, 0), Stride, first, Length, Rows, Length);
        _block.End(reads: true);
    }

    /// <summary>Sets the values of all rows.</summary>
    /// <param name="values">Rows · Length elements, row by row.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void CopyFrom(ReadOnlySpan<float> values)
    {
        CheckLength(nameof(values), values.Length);
        _block.Begin(_copyFrom, reads: false);
        fixed (float* first = values) Layouts.RowsToRows(first, Length, _block.Row(this, 0), Stride, Rows, Length);
        _block.End(reads: false);
    }

    /// <summary>The values of all rows, row by row.</summary>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public float[] ToArray()
    {
        var values = new float[checked(Rows * Length)];
        CopyTo(values);
        return values;
    }

    /// <summary>Gives every row the initial value.</summary>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Reset()
    {
        _block.Begin(_reset, reads: false);
        _block.Fill(this, 0, Rows);
        _block.End(reads: false);
    }

    /// <summary>Gives one row the initial value.</summary>
    /// <param name="row">From 0 to less than <see cref="Rows"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Reset(int row)
    {
        _block.CheckRow(_reset, nameof(row), row);
        _block.Begin(_reset, reads: false);
        _block.Fill(this, row, 1);
        _block.End(reads: false);
    }

    /// <summary>Row i takes the value that row rows[i] has: what a beam search keeps. Further rows stay as they are.</summary>
    /// <param name="rows">Each from 0 to less than the batch; as many as there are to be, up to the batch.</param>
    /// <exception cref="ArgumentException">There are more than the batch has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Gather(ReadOnlySpan<int> rows)
    {
        _block.CheckRows(_gather, rows);
        _block.Begin(_gather, reads: false);
        try
        {
            _block.Take(this, rows);
        }
        finally
        {
            _block.End(reads: false);
        }
    }

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} [{English.Count(Rows, "row")}{string.Concat(_info.Shape.Select(size => $", {size}"))}]";

    /// <summary>What a checkpoint has of it; its reader and writer hold the training.</summary>
    internal (int[] Shape, Func<float[]> Read, Action<float[]> Write) Stored => ([Rows, .. _info.Shape],
        () =>
        {
            var values = new float[checked(Rows * Length)];
            fixed (float* first = values) Layouts.RowsToRows(_block.Row(this, 0), Stride, first, Length, Rows, Length);
            return values;
        },
        values =>
        {
            fixed (float* first = values) Layouts.RowsToRows(first, Length, _block.Row(this, 0), Stride, Rows, Length);
        }
    );

    private void CheckLength(string name, int length)
    {
        if (length != (long)Rows * Length) throw new ArgumentException($"State '{Name}': expected {English.Count((long)Rows * Length, "element")} ({English.Count(Rows, "row")} of {Length}), but {name} has {length}.", name);
    }
}
