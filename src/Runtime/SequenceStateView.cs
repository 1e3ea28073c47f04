using Kiln.Checkpoints;
using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// A state of a workspace or a training that is a sequence: for each row of the batch steps, as many as the row has. It is what one program has read and another attends to. To begin
/// with, and after a reset, a row has none. Memory is taken for the longest row and only grows, so that a sequence no longer than one before allocates nothing.
/// </summary>
public sealed unsafe class SequenceStateView
{
    private readonly StateBlock _block;
    private readonly StateInfo _info;

    // Names of calls in messages.
    private readonly string _copyFrom, _reset, _gather;

    // [row][step][element] without gaps, Steps steps of each row; what comes next is put together in the other memory.
    private Arena _values;
    private Arena _next;

    // Pinned: kernels read them. Those that a call began with stay while it assigns others.
    private readonly int[] _lengths;
    private readonly int[] _read;

    /// <param name="block">All states of its owner.</param>
    /// <param name="info">What was declared.</param>
    /// <param name="time">Steps that memory is taken for at once.</param>
    internal SequenceStateView(StateBlock block, StateInfo info, int time)
    {
        (_block, _info) = (block, info);
        (_copyFrom, _reset, _gather) = ($"States.{Name}.CopyFrom", $"States.{Name}.Reset", $"States.{Name}.Gather");
        StepLength = 1;
        foreach (var size in info.Shape) StepLength = checked(StepLength * size);
        _lengths = GC.AllocateArray<int>(Rows, pinned: true);
        _read = GC.AllocateArray<int>(Rows, pinned: true);
        _values = new Arena(Floats(time));
        _next = new Arena(Floats(time));
    }

    /// <summary>As in checkpoints: <c>memory</c>.</summary>
    public string Name => _info.Name;

    /// <summary>Shape of a step.</summary>
    public ReadOnlySpan<int> Shape => _info.Shape;

    /// <summary>Elements of a step.</summary>
    public int StepLength { get; }

    /// <summary>Rows: the batch.</summary>
    public int Rows => _block.Rows;

    /// <summary>Steps of the longest row; 0 where no row has any.</summary>
    public int Steps { get; private set; }

    /// <summary>The steps of each row.</summary>
    public int[] Lengths => [.. _lengths];

    /// <summary>Copies the steps of all rows, row after row, each padded with zeros to as many steps as the longest has.</summary>
    /// <param name="values">Receives Rows · Steps · StepLength elements.</param>
    /// <param name="lengths">Receives the steps of each row.</param>
    /// <exception cref="ArgumentException">One of the two has another length.</exception>
    /// <exception cref="InvalidOperationException">A call is under way on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void CopyTo(Span<float> values, Span<int> lengths)
    {
        CheckLengths(lengths.Length);
        _block.Begin(Name, reads: true);
        try
        {
            CheckValues(values.Length, Steps);
            Read(values);
            _lengths.CopyTo(lengths);
        }
        finally
        {
            _block.End(reads: true);
        }
    }

    /// <summary>Sets the steps of all rows.</summary>
    /// <param name="values">Row after row, each padded to the same number of steps, of StepLength elements each. What pads a row is not read.</param>
    /// <param name="lengths">The steps of each row, from 0.</param>
    /// <exception cref="ArgumentException">The values are no whole number of steps for each row, or there is not one length for each.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative, or more than the steps that there are.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void CopyFrom(ReadOnlySpan<float> values, ReadOnlySpan<int> lengths)
    {
        CheckLengths(lengths.Length);
        var steps = (int)(values.Length / ((long)Rows * StepLength));
        CheckValues(values.Length, steps);
        for (var row = 0; row < Rows; row++)
            if (lengths[row] < 0 || lengths[row] > steps) throw new ArgumentOutOfRangeException(nameof(lengths), lengths[row], $"State '{Name}': expected lengths from 0 to {steps}, the steps that there are, but lengths[{row}] is {lengths[row]}.");
        _block.Begin(_copyFrom, reads: false);
        try
        {
            Reserve(steps);
            Write(values, lengths, steps);
        }
        finally
        {
            _block.End(reads: false);
        }
    }

    /// <summary>The steps of all rows, as <see cref="CopyTo"/> gives them.</summary>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public float[] ToArray()
    {
        var values = new float[checked((int)Floats(Steps))];
        CopyTo(values, new int[Rows]);
        return values;
    }

    /// <summary>Leaves no row a step.</summary>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Reset()
    {
        _block.Begin(_reset, reads: false);
        Clear(0, Rows);
        _block.End(reads: false);
    }

    /// <summary>Leaves one row no step.</summary>
    /// <param name="row">From 0 to less than <see cref="Rows"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Reset(int row)
    {
        _block.CheckRow(_reset, nameof(row), row);
        _block.Begin(_reset, reads: false);
        Clear(row, 1);
        _block.End(reads: false);
    }

    /// <summary>Row i takes the steps that row rows[i] has: what a beam search keeps. Further rows stay as they are.</summary>
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
            Take(rows);
        }
        finally
        {
            _block.End(reads: false);
        }
    }

    /// <summary>Name, rows, steps of the longest row, and shape of a step.</summary>
    public override string ToString() => $"{Name} [{English.Count(Rows, "row")}, {English.Count(Steps, "step")}{string.Concat(_info.Shape.Select(size => $", {size}"))}]";

    // ---- Within a call ----

    /// <summary>The first row that has no step, of so many; null if each has one.</summary>
    internal int? FindEmpty(int rows) => _lengths.AsSpan(0, rows).IndexOf(0) is >= 0 and var row ? row : null;

    internal float* Values => _values.Pointer;

    /// <summary>The lengths that the call begins with, pinned.</summary>
    internal int* BeginReading()
    {
        _lengths.CopyTo(_read, 0);
        fixed (int* pinned = _read) return pinned;
    }

    /// <inheritdoc cref="BeginReading"/>
    internal ReadOnlySpan<int> LengthsRead => _read;

    /// <summary>Makes room for the next steps.</summary>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    internal void Reserve(int steps)
    {
        if (Floats(steps) <= _next.Length) return;
        var larger = new Arena(Floats(steps));
        _next.Dispose();
        _next = larger;
    }

    /// <summary>The steps that there will be if the first rows have these lengths, numbers a line apart.</summary>
    internal int StepsWith(float* lengths, int rows)
    {
        var steps = 0;
        for (var row = 0; row < Rows; row++) steps = Math.Max(steps, row < rows ? (int)lengths[row * Line] : _lengths[row]);
        return steps;
    }

    /// <summary>The first rows take what a program has computed, the others stay as they are; after <see cref="Reserve"/>.</summary>
    /// <param name="values">Rows of a step after those of the step before, each padded to 16 elements.</param>
    /// <param name="lengths">Of each row, a line apart.</param>
    /// <param name="rows">How many they are.</param>
    internal void Assign(float* values, float* lengths, int rows)
    {
        var steps = StepsWith(lengths, rows);
        nint stride = (StepLength + Line - 1) / Line * Line;
        for (var row = 0; row < Rows; row++)
        {
            if (row >= rows)
            {
                Old(row, _lengths[row]).CopyTo(Next(row, steps));
                continue;
            }
            _lengths[row] = (int)lengths[row * Line];
            var next = Next(row, steps);
            for (var step = 0; step < _lengths[row]; step++)
                new ReadOnlySpan<float>(values + ((nint)step * rows + row) * stride, StepLength).CopyTo(next[(step * StepLength)..]);
        }
        Swap(steps);
    }

    /// <summary>Whether what a program has computed is finite at all live steps.</summary>
    internal bool IsFinite(float* values, float* lengths, int rows)
    {
        nint stride = (StepLength + Line - 1) / Line * Line;
        for (var row = 0; row < rows; row++)
            for (var step = 0; step < (int)lengths[row * Line]; step++)
                if (!FiniteCheck.AllFinite(new ReadOnlySpan<float>(values + ((nint)step * rows + row) * stride, StepLength))) return false;
        return true;
    }

    internal void Take(ReadOnlySpan<int> rows)
    {
        _lengths.CopyTo(_read, 0);
        var steps = 0;
        for (var row = 0; row < Rows; row++) steps = Math.Max(steps, _read[row < rows.Length ? rows[row] : row]);
        Reserve(steps);
        for (var row = 0; row < Rows; row++)
        {
            var from = row < rows.Length ? rows[row] : row;
            _lengths[row] = _read[from];
            Old(from, _read[from]).CopyTo(Next(row, steps));
        }
        Swap(steps);
    }

    internal void Clear(int first, int rows)
    {
        _lengths.AsSpan(first, rows).Clear();
        if (_lengths.AsSpan().IndexOfAnyExcept(0) < 0) Steps = 0;
    }

    internal void Dispose()
    {
        _values.Dispose();
        _next.Dispose();
    }

    // ---- In checkpoints ----

    /// <summary>What a checkpoint has of it; its reader and writer hold the training.</summary>
    internal IEnumerable<CheckpointTensor> Stored => CheckpointTensor.OfSequence($"training.states.{Name}", [Rows, Math.Max(Steps, 1), .. _info.Shape], Lengths,
        () =>
        {
            var values = new float[checked((int)Floats(Math.Max(Steps, 1)))];
            Read(values);
            return values;
        },
        Reserve,
        Write);

    private const int Line = 16;

    private long Floats(int steps) => checked((long)Rows * steps * StepLength);

    private Span<float> Old(int row, int steps) => new(_values.Pointer + (nint)row * Steps * StepLength, steps * StepLength);

    private Span<float> Next(int row, int steps) => new(_next.Pointer + (nint)row * steps * StepLength, steps * StepLength);

    private void Swap(int steps)
    {
        (_values, _next) = (_next, _values);
        Steps = steps;
    }

    private void Read(Span<float> values)
    {
        values.Clear();
        for (var row = 0; row < Rows; row++) Old(row, _lengths[row]).CopyTo(values[(row * Steps * StepLength)..]);
    }

    /// <summary>Takes rows of so many steps each, of which some are live; after <see cref="Reserve"/>.</summary>
    private void Write(ReadOnlySpan<float> values, ReadOnlySpan<int> lengths, int steps)
    {
        var longest = 0;
        foreach (var length in lengths) longest = Math.Max(longest, length);
        for (var row = 0; row < Rows; row++) values.Slice(row * steps * StepLength, lengths[row] * StepLength).CopyTo(Next(row, longest));
        lengths.CopyTo(_lengths);
        Swap(longest);
    }

    private void CheckLengths(int count)
    {
        if (count != Rows) throw new ArgumentException($"State '{Name}': expected {Rows} lengths, one for each row, but lengths has {count}.", "lengths");
    }

    private void CheckValues(int count, int steps)
    {
        if (count != Floats(steps)) throw new ArgumentException($"State '{Name}': expected {English.Count(Floats(steps), "element")} ({English.Count(Rows, "row")} of {English.Count(steps, "step")} of {StepLength}), but values has {count}.", "values");
    }
}
