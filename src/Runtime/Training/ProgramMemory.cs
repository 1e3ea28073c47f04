using System.ComponentModel;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>What one caller of a network has for itself: memory for a number of rows, the threads that share its calls, the frame that kernels read.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public abstract unsafe class ProgramMemory : IDisposable
{
    private const int RowsPerBlock = 16;

    private Arena _arena;
    private readonly Arena _frame;
    private readonly long[] _inputStrides = new long[Frame.MaxArguments];
    private readonly long[] _outputStrides = new long[Frame.MaxArguments];
    private int _inputs;
    private int _outputs;
    private int _axes;

    // What is under way: one of these.
    private const int Nothing = 0, Step = 1, Reading = 2;
    private int _busy;

    /// <summary>Takes the memory and starts the threads.</summary>
    /// <param name="core">The weights.</param>
    /// <param name="batch">Rows, at least 1.</param>
    /// <param name="capacity">Rows that memory is taken for.</param>
    /// <param name="threads">Threads that share a call, 0 for one per processor.</param>
    /// <param name="seed">Key of random draws.</param>
    /// <param name="programs">Arena floats of each program: fixed, and per row of capacity; whether less than 16 rows need no memory for 16.</param>
    /// <param name="plans">Of the programs over time.</param>
    /// <param name="time">Steps that memory is taken for at once.</param>
    /// <param name="states">The network's states.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    private protected ProgramMemory(
        NetworkCore core, int batch, int capacity, int threads, ulong seed, ReadOnlySpan<(int Fixed, int PerRow, bool RowsApart)> programs, ProgramPlan[]? plans, int time, StateInfo[]? states)
    {
        ArgumentNullException.ThrowIfNull(core);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        core.ThrowIfDisposed();
        Core = core;
        Batch = batch;
        Seed = seed;
        Capacity = capacity;
        Workers = new Workers(threads == 0 ? Math.Min(Environment.ProcessorCount, 1024) : threads);
        var floats = 0L;
        foreach (var (fixedFloats, perRow, _) in programs) floats = Math.Max(floats, fixedFloats + (long)Capacity * perRow);
        Span<int> steps = stackalloc int[Frame.MaxAxes];
        steps.Fill(time);
        if (time > 0)
            foreach (var plan in plans ?? []) floats = Math.Max(floats, Place(plan, steps, null));
        _arena = new Arena(floats);
        _frame = new Arena((sizeof(Frame) + sizeof(float) - 1) / sizeof(float));
        Memory = (Frame*)_frame.Pointer;
        Memory->Parameters = core.Parameters.Address;
        Memory->Constants = core.Constants;
        Memory->Arena = _arena.Pointer;
        Memory->Capacity = Capacity;
        Memory->Seed = seed;
        States = new StateBlock(this, states ?? [], time);
        Memory->States = States.Pointer;
        if (core.OnDevice is { } network) OnDevice = new DeviceMemory(network, this);
        core.Add(this);
    }

    /// <summary>The network.</summary>
    public NetworkCore Core { get; }

    /// <summary>Rows asked for.</summary>
    public int Batch { get; }

    /// <summary>Rows there is memory for: a multiple of 16, or less than that.</summary>
    public int Capacity { get; }

    /// <summary>What one call leaves for the next: a value for each row of the batch.</summary>
    public StateBlock States { get; }

    /// <summary>Threads that share a call.</summary>
    public int Threads => Workers.Threads;

    /// <summary>Key of random draws.</summary>
    public ulong Seed { get; private set; }

    /// <summary>Draws from now on are those of this seed.</summary>
    private protected void Reseed(ulong seed) => Memory->Seed = Seed = seed;

    internal Workers Workers { get; }

    /// <summary>The memory on the network's device; null on the CPU.</summary>
    internal DeviceMemory? OnDevice { get; }

    /// <summary>Floats of the arena.</summary>
    internal long ArenaFloats => _arena.Length;

    /// <summary>Whether these are the training's own gradients.</summary>
    internal virtual bool IsGradients(float* gradients) => false;

    /// <summary>Runs a program on the call's inputs and outputs.</summary>
    internal void Run(delegate*<Frame*, Workers, void> program, bool writesGradients = false, ReadOnlySpan<ParameterRange> trained = default)
    {
        if (OnDevice is null) program(Memory, Workers);
        else OnDevice.Run(program, _inputStrides.AsSpan(0, _inputs), _outputStrides.AsSpan(0, _outputs), _axes, writesGradients, trained);
    }

    /// <summary>Runs a program whose one or two results are whole blocks.</summary>
    internal void Run(delegate*<Frame*, Workers, void> program, Arena first, Arena? second)
    {
        (Memory->Outputs[0], Memory->Outputs[1]) = ((ulong)first.Pointer, second is null ? 0 : (ulong)second.Pointer);
        if (OnDevice is null)
        {
            program(Memory, Workers);
            return;
        }
        ReadOnlySpan<long> bytes = [-first.Length * sizeof(float), -(second?.Length ?? 0) * sizeof(float)];
        OnDevice.Run(program, _inputStrides.AsSpan(0, _inputs), second is null ? bytes[..1] : bytes, _axes, writesGradients: false, trained: []);
    }

    /// <summary>Values that a program has left in the arena.</summary>
    internal float* Read(float* first, long floats)
    {
        OnDevice?.Read(first, floats);
        return first;
    }

    internal Frame* Memory { get; private set; }

    /// <summary>Frees memory and threads. Waits for a running call first. The weights stay.</summary>
    public virtual void Dispose()
    {
        // The flag is never cleared again, so that later calls fail.
        var wait = new SpinWait();
        while (Memory != null && Interlocked.CompareExchange(ref _busy, Step, Nothing) != Nothing) wait.SpinOnce();
        if (Memory == null) return;
        Memory = null;
        OnDevice?.Dispose();
        Workers.Dispose();
        _arena.Dispose();
        _frame.Dispose();
        States.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The rows, rounded up to blocks of 16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no row, or more than can be rounded up.</exception>
    private protected static int InBlocks(int batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, int.MaxValue - RowsPerBlock);
        return (batch + RowsPerBlock - 1) / RowsPerBlock * RowsPerBlock;
    }

    /// <summary>The rows of a batch that no call goes beyond: less than 16 as they are, where every program allows it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no row, or more than can be rounded up.</exception>
    private protected static int CapacityOf(int batch, ReadOnlySpan<(int Fixed, int PerRow, bool RowsApart)> programs)
    {
        var blocks = InBlocks(batch);
        foreach (var (_, _, rowsApart) in programs)
            if (!rowsApart) return blocks;
        return batch < RowsPerBlock ? batch : blocks;
    }

    /// <summary>Begins anything that uses the memory.</summary>
    /// <param name="reads">Whether it only reads weights and state: such a call waits for others, and others wait for it.</param>
    private protected void Begin(bool reads = false)
    {
        Core.ThrowIfDisposed();
        Core.Parameters.Draw();
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _busy, reads ? Reading : Step, Nothing) is var other && other != Nothing)
        {
            if (Memory == null) throw Disposed();
            if (!reads && other != Reading) throw Busy();
            wait.SpinOnce();
        }
        // Once more: the network's disposal waits for those that it finds busy.
        if (Core.IsDisposed)
        {
            End();
            Core.ThrowIfDisposed();
        }
        (_inputs, _outputs, _axes) = (0, 0, 0);
    }

    /// <summary>Returns when the call that is under way, if any, has ended.</summary>
    internal void Await()
    {
        var wait = new SpinWait();
        while (Memory != null && Volatile.Read(ref _busy) != Nothing) wait.SpinOnce();
    }

    private protected void ThrowIfDisposed()
    {
        Core.ThrowIfDisposed();
        if (Memory == null) throw Disposed();
    }

    internal void End() => Volatile.Write(ref _busy, Nothing);

    /// <summary>Begins what only states are used for.</summary>
    /// <param name="call">Its name in messages.</param>
    /// <param name="reads">Whether it changes nothing.</param>
    internal virtual void BeginStates(string call, bool reads) => Begin(reads);

    /// <summary>Ends it.</summary>
    internal virtual void EndStates(bool reads) => End();

    internal void AddInput(void* first, long bytesPerRow)
    {
        _inputStrides[_inputs] = bytesPerRow;
        Memory->Inputs[_inputs++] = (ulong)first;
    }

    internal void AddOutput(void* first, long bytesPerRow)
    {
        _outputStrides[_outputs] = bytesPerRow;
        Memory->Outputs[_outputs++] = (ulong)first;
    }

    /// <summary>The next axis of time.</summary>
    internal void AddTime(int steps, int* lengths)
    {
        Memory->Steps[_axes] = steps;
        Memory->Lengths[_axes++] = (ulong)lengths;
    }

    /// <summary>A sequence state as the next input, over the next axis of time.</summary>
    internal void AddState(int sequence, int steps)
    {
        var state = States.Sequences[sequence];
        if (state.Steps != steps) throw Busy();
        AddInput(state.Values, (long)steps * state.StepLength * sizeof(float));
        AddTime(steps, state.BeginReading());
    }

    internal void Advance(int rows)
    {
        for (var i = 0; i < _inputs; i++) Memory->Inputs[i] += (ulong)(rows * _inputStrides[i]);
        for (var i = 0; i < _outputs; i++) Memory->Outputs[i] += (ulong)(rows * Math.Max(0, _outputStrides[i]));
        for (var i = 0; i < _axes; i++) Memory->Lengths[i] += (ulong)rows * sizeof(int);
    }

    /// <summary>Makes room for values over the steps of this call. The arena only grows, so that calls no longer than one before allocate nothing.</summary>
    internal void Lay(ProgramPlan plan)
    {
        var floats = Place(plan, new ReadOnlySpan<int>(Memory->Steps, Frame.MaxAxes), null);
        if (floats > _arena.Length)
        {
            // The old memory stays in use if there is not that much.
            var larger = new Arena(floats);
            _arena.Dispose();
            _arena = larger;
            Memory->Arena = larger.Pointer;
        }
        Place(plan, new ReadOnlySpan<int>(Memory->Steps, Frame.MaxAxes), Memory);
    }

    /// <summary>Tells the frame, if there is one, where the pools are.</summary>
    /// <returns>Floats of the whole arena.</returns>
    private long Place(ProgramPlan plan, ReadOnlySpan<int> steps, Frame* frame)
    {
        var floats = plan.FirstPool(Capacity);
        for (var pool = 0; pool < plan.Pools.Length; pool++)
        {
            var rows = plan.Rows(pool, Capacity, steps);
            if (frame != null) (frame->Pools[pool + 1], frame->PoolRows[pool + 1]) = ((ulong)(frame->Arena + floats), rows);
            floats = checked(floats + plan.Floats(pool, rows));
        }
        return floats;
    }

    private ObjectDisposedException Disposed() => new(this is Session ? "Workspace" : "Training");

    private static InvalidOperationException Busy() =>
        new("A call is under way on another thread. A workspace or a training serves one call at a time; give each thread a workspace of its own.");
}
