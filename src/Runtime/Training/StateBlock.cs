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
    private Arena? _before;

    /// <param name="owner">Whose calls read and write them.</param>
    /// <param name="states">What there is, in the order of memory.</param>
    internal StateBlock(ProgramMemory owner, StateInfo[] states)
    {
        _owner = owner;
        _views = new StateView[states.Length];
        var floats = 0L;
        for (var i = 0; i < states.Length; i++)
        {
            _views[i] = new StateView(this, states[i], floats);
            floats = checked(floats + (long)owner.Capacity * _views[i].Stride);
        }
        _memory = new Arena(floats);
        foreach (var view in _views) Fill(view, 0, owner.Capacity);
    }

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
        if (rows.Length > Rows) throw new ArgumentException($"States.Gather: expected at most {Rows} rows, the batch, but rows has {rows.Length}.", nameof(rows));
        foreach (var row in rows) CheckRow("States.Gather", nameof(rows), row);
        Begin("States.Gather", reads: false);
        try
        {
            _before ??= new Arena(_memory.Length);
            Layouts.Copy(_memory.Pointer, _before.Pointer, (nint)_memory.Length);
            foreach (var view in _views)
                for (var i = 0; i < rows.Length; i++)
                    Layouts.Copy(_before.Pointer + view.Offset + (nint)rows[i] * view.Stride, Row(view, i), view.Stride);
        }
        finally
        {
            _owner.EndStates(reads: false);
        }
    }

    /// <summary>Rows that callers know of.</summary>
    internal int Rows => _owner.Batch;

    internal float* Pointer => _memory.Pointer;

    internal void Begin(string call, bool reads) => _owner.BeginStates(call, reads);

    internal void End(bool reads) => _owner.EndStates(reads);

    internal float* Row(StateView view, int row) => _memory.Pointer + view.Offset + (nint)row * view.Stride;

    internal void Fill(StateView view, int first, int rows)
    {
        for (var row = first; row < first + rows; row++) new Span<float>(Row(view, row), view.Length).Fill(view.Initial);
    }

    /// <summary>The first state whose new value has an element that is not finite; null if all are.</summary>
    internal StateView? FindNonFinite(ProgramPlan plan, Frame* frame)
    {
        foreach (var (state, offset) in plan.Assigned)
        {
            var view = _views[state];
            for (nint row = 0; row < frame->Rows; row++)
                if (!FiniteCheck.AllFinite(new ReadOnlySpan<float>(New(plan, frame, offset) + row * view.Stride, view.Length))) return view;
        }
        return null;
    }

    /// <summary>Gives states of the live rows the values that a program has computed for them.</summary>
    internal void Assign(ProgramPlan plan, Frame* frame)
    {
        foreach (var (state, offset) in plan.Assigned)
        {
            var view = _views[state];
            Layouts.RowsToRows(New(plan, frame, offset), view.Stride, Row(view, 0), view.Stride, frame->Rows, view.Length);
        }
    }

    internal void Dispose()
    {
        _memory.Dispose();
        _before?.Dispose();
    }

    private static float* New(ProgramPlan plan, Frame* frame, int offset) => frame->Arena + plan.Fixed + (nint)offset * frame->Capacity;

    internal void CheckRow(string call, string name, int row)
    {
        if ((uint)row >= (uint)Rows) throw new ArgumentOutOfRangeException(name, row, $"{call}: expected a row from 0 to {Rows - 1}, but {row} came.");
    }
}
