using System.ComponentModel;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>What one caller of a network has for itself: memory for a number of rows, the threads that share its calls, the frame that kernels read.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public abstract unsafe class ProgramMemory : IDisposable
{
    private const int RowsPerBlock = 16;

    private readonly Arena _arena;
    private readonly Arena _frame;
    private readonly int[] _inputStrides = new int[Frame.MaxArguments];
    private readonly int[] _outputStrides = new int[Frame.MaxArguments];
    private int _inputs;
    private int _outputs;
    private int _busy;

    /// <summary>Takes the memory and starts the threads.</summary>
    /// <param name="core">The weights.</param>
    /// <param name="batch">Rows, at least 1; rounded up to blocks of 16.</param>
    /// <param name="threads">Threads that share a call, 0 for one per processor.</param>
    /// <param name="seed">Key of random draws.</param>
    /// <param name="programs">Arena floats of each program: fixed, and per row of capacity.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    private protected ProgramMemory(NetworkCore core, int batch, int threads, ulong seed, ReadOnlySpan<(int Fixed, int PerRow)> programs)
    {
        ArgumentNullException.ThrowIfNull(core);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, int.MaxValue - RowsPerBlock);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        core.ThrowIfDisposed();
        Core = core;
        Batch = batch;
        Capacity = (batch + RowsPerBlock - 1) / RowsPerBlock * RowsPerBlock;
        Workers = new Workers(threads == 0 ? Math.Min(Environment.ProcessorCount, 1024) : threads);
        var floats = 0L;
        foreach (var (fixedFloats, perRow) in programs) floats = Math.Max(floats, fixedFloats + (long)Capacity * perRow);
        _arena = new Arena(floats);
        _frame = new Arena((sizeof(Frame) + sizeof(float) - 1) / sizeof(float));
        Memory = (Frame*)_frame.Pointer;
        Memory->Parameters = core.Parameters.Pointer;
        Memory->Constants = core.Constants;
        Memory->Arena = _arena.Pointer;
        Memory->Capacity = Capacity;
        Memory->Seed = seed;
    }

    /// <summary>The network.</summary>
    public NetworkCore Core { get; }

    /// <summary>Rows asked for.</summary>
    public int Batch { get; }

    /// <summary>Rows there is memory for, a multiple of 16.</summary>
    public int Capacity { get; }

    /// <summary>Threads that share a call.</summary>
    public int Threads => Workers.Threads;

    /// <summary>Key of random draws.</summary>
    public ulong Seed => Memory->Seed;

    internal Workers Workers { get; }

    internal Frame* Memory { get; private set; }

    /// <summary>Gives memory and threads back. The weights stay.</summary>
    /// <exception cref="InvalidOperationException">A call is under way.</exception>
    public virtual void Dispose()
    {
        if (Memory == null) return;
        if (Interlocked.Exchange(ref _busy, 1) != 0) throw Busy();
        Memory = null;
        Workers.Dispose();
        _arena.Dispose();
        _frame.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins anything that uses the memory.</summary>
    private protected void Begin()
    {
        Core.ThrowIfDisposed();
        ObjectDisposedException.ThrowIf(Memory == null, this);
        if (Interlocked.Exchange(ref _busy, 1) != 0) throw Busy();
        (_inputs, _outputs) = (0, 0);
    }

    internal void End() => Volatile.Write(ref _busy, 0);

    internal void AddInput(void* first, int bytesPerRow)
    {
        _inputStrides[_inputs] = bytesPerRow;
        Memory->Inputs[_inputs++] = (ulong)first;
    }

    internal void AddOutput(void* first, int bytesPerRow)
    {
        _outputStrides[_outputs] = bytesPerRow;
        Memory->Outputs[_outputs++] = (ulong)first;
    }

    internal void Advance(int rows)
    {
        for (var i = 0; i < _inputs; i++) Memory->Inputs[i] += (ulong)rows * (ulong)_inputStrides[i];
        for (var i = 0; i < _outputs; i++) Memory->Outputs[i] += (ulong)rows * (ulong)_outputStrides[i];
    }

    private static InvalidOperationException Busy() =>
        new("A call is under way on another thread. A workspace or a training serves one call at a time; give each thread a workspace of its own.");
}
