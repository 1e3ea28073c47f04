using Kiln.Checkpoints;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>
/// An [Optimized] input as an optimizer sees it: a parameter of its own, copied in and out as the caller's span is neither padded nor aligned.
/// What the optimizer remembers belongs to the row's place in the batch.
/// </summary>
internal sealed unsafe class OptimizedInput : IDisposable
{
    private readonly ParameterInfo[] _table;
    private readonly ParameterBlock _values;
    private readonly ParameterBlock _gradients;
    private readonly OptimizerState _state;

    /// <param name="name">The argument.</param>
    /// <param name="optimizer">Moves it.</param>
    /// <param name="rows">As many as the batch has.</param>
    /// <param name="perRow">Values of a row.</param>
    public OptimizedInput(string name, Optimizer optimizer, int rows, int perRow)
    {
        var floats = ((long)rows * perRow + 15) / 16 * 16;
        _table = [new ParameterInfo(name, "", [rows, perRow], ParameterStorage.Flat, 0, floats, Initializer.Zeros, 1, 1, 1, true)];
        _values = new ParameterBlock(_table, floats);
        _gradients = new ParameterBlock(_table, floats);
        _state = optimizer.CreateState(_table, floats);
    }

    /// <summary>There is something to remember.</summary>
    public bool HasMoved => _state.Steps[0] > 0;

    /// <summary>What is remembered, for a checkpoint.</summary>
    /// <param name="name">Tells inputs apart.</param>
    public IEnumerable<CheckpointTensor> Tensors(string name) => CheckpointTensor.OfRows(_state, name);

    /// <summary>Forgets it.</summary>
    public void Reset() => _state.Reset();

    /// <summary>One step of the optimizer.</summary>
    /// <param name="values">Moved.</param>
    /// <param name="gradients">As many.</param>
    /// <param name="workers">Share the work.</param>
    public void Move(Span<float> values, ReadOnlySpan<float> gradients, Workers workers)
    {
        // Rows that are not there have no gradient.
        var room = new Span<float>(_gradients.Pointer, _table[0].Length);
        gradients.CopyTo(room);
        room[gradients.Length..].Clear();
        var moved = new Span<float>(_values.Pointer, values.Length);
        values.CopyTo(moved);
        ReadOnlySpan<ParameterRange> range = [new ParameterRange(0, _table[0].Floats)];
        _state.Optimizer.Step(_values.Pointer, _gradients.Pointer, _state, range, workers);
        moved.CopyTo(values);
    }

    public void Dispose()
    {
        _values.Dispose();
        _gradients.Dispose();
        _state.Dispose();
    }
}
