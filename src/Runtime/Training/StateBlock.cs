using System.ComponentModel;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>The states of a workspace or a training: [state][row][elements, padded to 16]. Reading waits for the call that is under way; a change is refused while there is one.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe class StateBlock
{
    private readonly ProgramMemory _owner;
    private readonly Arena _memory;
    private readonly StateView[] _views;
    private readonly SequenceStateView[] _sequences;
    private Arena? _before;

    /// <param name="owner">Whose calls read and write them.</param>
    /// <param name="all">What there is, in the order of memory; sequences have memory of their own.</param>
    /// <param name="time">Steps that these take memory for at once.</param>
    internal StateBlock(ProgramMemory owner, StateInfo[] all, int time)
    {
        _owner = owner;
        var states = Array.FindAll(all, s => !s.IsSequence);
        _views = new StateView[states.Length];
        var floats = 0L;
        for (var i = 0; i < states.Length; i++)
        {
            _views[i] = new StateView(this, states[i], floats);
            floats = checked(floats + (long)owner.Capacity * _views[i].Stride);
        }
        _memory = new Arena(floats);
        foreach (var view in _views) Fill(view, 0, owner.Capacity);
        _sequences = Array.ConvertAll(Array.FindAll(all, s => s.IsSequence), s => new SequenceStateView(this, s, time));
    }

    /// <summary>The states that are sequences, in the order of their declaration.</summary>
    public IReadOnlyList<SequenceStateView> Sequences => _sequences;

    /// <summary>The steps of a sequence state that a program reads.</summary>
    /// <param name="sequence">Its number among those.</param>
    /// <param name="program">The method.</param>
    /// <param name="rows">Rows of the call.</param>
    /// <exception cref="ArgumentException">There are more rows than the batch.</exception>
    /// <exception cref="InvalidOperationException">A row has no steps yet.</exception>
    public int Steps(int sequence, string program, int rows)
    {
        Guard.States(program, rows, Rows);
        var view = _sequences[sequence];
        return view.FindEmpty(rows) is not { } empty ? view.Steps
            : throw new InvalidOperationException($"{program}: row {empty} of the state '{view.Name}' has no steps: a call that assigns the state comes first, or CopyFrom.");
    }

    /// <summary>The steps that the rows of a sequence state had when the call that is under way began.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="rows">Rows of the call.</param>
    public ReadOnlySpan<int> LengthsRead(int sequence, int rows) => _sequences[sequence].LengthsRead[..rows];

    /// <summary>All states, in the order of their declaration.</summary>
    public IReadOnlyList<StateView> Views => _views;

    /// <summary>The state of that number.</summary>
    /// <param name="index">From 0, in the order of their declaration.</param>
    public StateView this[int index] => _views[index];

    /// <summary>The state of that name.</summary>
    /// <param name="name">As in checkpoints.</param>
    /// <exception cref="KeyNotFoundException">There is no such state.</exception>
    public StateView this[string name] => Array.Find(_views, v => v.Name == name)
        ?? throw new KeyNotFoundException($"There is no state '{name}'; there are {string.Join(", ", _views.Select(v => $"'{v.Name}'"))}.");

    /// <summary>Gives every state of every row its initial value.</summary>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Reset()
    {
        Begin("States.Reset", reads: false);
        foreach (var view in _views) Fill(view, 0, Rows);
        foreach (var sequence in _sequences) sequence.Clear(0, Rows);
        _owner.EndStates(reads: false);
    }

    /// <summary>Gives every state of one row its initial value.</summary>
    /// <param name="row">From 0 to less than the batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Reset(int row)
    {
        CheckRow("States.Reset", nameof(row), row);
        Begin("States.Reset", reads: false);
        foreach (var view in _views) Fill(view, row, 1);
        foreach (var sequence in _sequences) sequence.Clear(row, 1);
        _owner.EndStates(reads: false);
    }

    /// <summary>Row i takes all states that row rows[i] has: what a beam search keeps. Further rows stay as they are.</summary>
    /// <param name="rows">Each from 0 to less than the batch; as many as there are to be, up to the batch.</param>
    /// <exception cref="ArgumentException">There are more than the batch has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">A call or a Fit is under way.</exception>
    /// <exception cref="ObjectDisposedException">The workspace, the training or the network was disposed of.</exception>
    public void Gather(ReadOnlySpan<int> rows)
    {
        CheckRows("States.Gather", rows);
        Begin("States.Gather", reads: false);
        try
        {
            foreach (var view in _views) Take(view, rows);
            foreach (var sequence in _sequences) sequence.Take(rows);
        }
        finally
        {
            _owner.EndStates(reads: false);
        }
    }

    /// <summary>Row i of a state takes what row rows[i] has.</summary>
    internal void Take(StateView view, ReadOnlySpan<int> rows)
    {
        _before ??= new Arena(_memory.Length);
        Layouts.Copy(Row(view, 0), _before.Pointer + view.Offset, (nint)Rows * view.Stride);
        for (var i = 0; i < rows.Length; i++)
            Layouts.Copy(_before.Pointer + view.Offset + (nint)rows[i] * view.Stride, Row(view, i), view.Stride);
    }

    internal void CheckRows(string call, ReadOnlySpan<int> rows)
    {
        if (rows.Length > Rows) throw new ArgumentException($"{call}: expected at most {English.Count(Rows, "row")}, the batch, but rows has {rows.Length}.", nameof(rows));
        foreach (var row in rows) CheckRow(call, nameof(rows), row);
    }

    /// <summary>Rows that callers know of.</summary>
    internal int Rows => _owner.Batch;

    internal float* Pointer => _memory.Pointer;

    /// <summary>Floats of all states but sequences.</summary>
    internal long Floats => _memory.Length;

    internal void Begin(string call, bool reads) => _owner.BeginStates(call, reads);

    internal void End(bool reads) => _owner.EndStates(reads);

    internal float* Row(StateView view, int row) => _memory.Pointer + view.Offset + (nint)row * view.Stride;

    internal void Fill(StateView view, int first, int rows)
    {
        for (var row = first; row < first + rows; row++) new Span<float>(Row(view, row), view.Length).Fill(view.Initial);
    }

    /// <summary>The name of the first state whose new value has an element that is not finite; null if all are.</summary>
    internal string? FindNonFinite(ProgramPlan plan, Frame* frame)
    {
        foreach (var (state, offset) in plan.Assigned)
        {
            var view = _views[state];
            var values = New(plan, frame, offset, view.Stride);
            for (nint row = 0; row < frame->Rows; row++)
                if (!FiniteCheck.AllFinite(new ReadOnlySpan<float>(values + row * view.Stride, view.Length))) return view.Name;
        }
        foreach (var next in plan.Sequences)
            if (!_sequences[next.State].IsFinite(Values(next, frame), New(plan, frame, next.Lengths, LengthStride), frame->Rows)) return _sequences[next.State].Name;
        return null;
    }

    /// <summary>Makes room for the sequences that a program has computed.</summary>
    /// <exception cref="OutOfMemoryException">There is not that much memory.</exception>
    internal void Reserve(ProgramPlan plan, Frame* frame)
    {
        foreach (var next in plan.Sequences) _sequences[next.State].Reserve(_sequences[next.State].StepsWith(New(plan, frame, next.Lengths, LengthStride), frame->Rows));
    }

    /// <summary>Gives states of the live rows the values that a program has computed for them; after <see cref="Reserve"/>.</summary>
    internal void Assign(ProgramPlan plan, Frame* frame)
    {
        foreach (var (state, offset) in plan.Assigned)
        {
            var view = _views[state];
            Layouts.RowsToRows(New(plan, frame, offset, view.Stride), view.Stride, Row(view, 0), view.Stride, frame->Rows, view.Length);
        }
        foreach (var next in plan.Sequences) _sequences[next.State].Assign(Values(next, frame), New(plan, frame, next.Lengths, LengthStride), frame->Rows);
    }

    internal void Dispose()
    {
        _memory.Dispose();
        _before?.Dispose();
        foreach (var sequence in _sequences) sequence.Dispose();
    }

    /// <summary>Floats from the length of a row to the next.</summary>
    private const int LengthStride = 16;

    private float* New(ProgramPlan plan, Frame* frame, int offset, int stride) =>
        _owner.Read(frame->Arena + plan.Fixed + (nint)offset * frame->Capacity, (long)frame->Rows * stride);

    private float* Values((int State, int Pool, int Offset, int Lengths) next, Frame* frame) =>
        _owner.Read((float*)frame->Pools[next.Pool] + next.Offset * (nint)frame->PoolRows[next.Pool], frame->PoolRows[next.Pool] * ((_sequences[next.State].StepLength + 15) / 16 * 16));

    internal void CheckRow(string call, string name, int row)
    {
        if ((uint)row >= (uint)Rows) throw new ArgumentOutOfRangeException(name, row, $"{call}: expected a row from 0 to {Rows - 1}, but {row} came.");
    }
}
