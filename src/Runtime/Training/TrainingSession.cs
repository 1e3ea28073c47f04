using System.ComponentModel;
using Kiln.Data;
using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>What a training runs Learn programs with: memory for a batch, gradients, the optimizers' state. One call at a time.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed unsafe partial class TrainingSession : ProgramMemory
{
    private readonly long[] _steps;
    private readonly long[] _counters = new long[3];
    private readonly ParameterRange[][] _ranges;
    private readonly Dictionary<Optimizer, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);
    private readonly List<(int Program, int Variant, int Input, OptimizedInput Values)> _optimized = [];

    // Inputs to move in the update under way: the caller's values, pinned, and their gradients.
    private readonly List<(OptimizedInput Input, nint Values, nint Gradients, int Length)> _moves = [];

    // Parameters to assign in the update under way, and where their new values lie in the arena.
    private readonly List<(ParameterInfo Parameter, int Offset)> _assigned = [];

    // States to assign in the update under way.
    private ProgramPlan? _next;

    // The program whose gradients wait for an update, and the variant that made them.
    private (int Program, int Variant)? _pending;

    // For each program with a full-batch optimizer, what that searches.
    private readonly Objective?[] _objectives;

    // Samples in the data of the last Fit.
    private int _samples;

    /// <summary>Takes the memory and starts the threads.</summary>
    /// <param name="core">The weights.</param>
    /// <param name="batch">The most rows a call takes, at least 1.</param>
    /// <param name="threads">Threads that share a call, 0 for one per processor.</param>
    /// <param name="seed">Key of random draws and of the order of samples.</param>
    /// <param name="sizes">Arena floats of each program: fixed, and per row of capacity; whether less than 16 rows need no memory for 16.</param>
    /// <param name="programs">The Learn programs.</param>
    /// <param name="plans">Of the programs over time.</param>
    /// <param name="time">Steps that memory is taken for at once.</param>
    /// <param name="states">The network's states.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">A full-batch optimizer was given to a program that it cannot serve, or a group of an optimizer has none of the parameters that it moves.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public TrainingSession(
        NetworkCore core, int batch, int threads, ulong seed, ReadOnlySpan<(int Fixed, int PerRow, bool RowsApart)> sizes, LearnProgram[] programs, ProgramPlan[]? plans = null, int time = 0, StateInfo[]? states = null)
        : base(core, batch, CapacityOf(batch, sizes), threads, seed, sizes, plans, time, states)
    {
        if ((Unsuited(programs) ?? Unmatched(core.Parameters.Parameters, programs)) is { } problem)
        {
            base.Dispose();
            throw problem;
        }
        Programs = programs;
        _objectives = new Objective?[programs.Length];
        _steps = new long[programs.Length];
        _ranges = Array.ConvertAll(programs, p => ParameterRange.Of(core.Parameters.Parameters, p.Trained));
        foreach (var program in programs)
        {
            if (program is { Updates: true, Optimizer: { } optimizer } && !_states.ContainsKey(optimizer))
                _states.Add(optimizer, optimizer.CreateState(core.Parameters.Parameters, core.Parameters.Length));
        }
        Gradients = new ParameterBlock(core.Parameters.Parameters, core.Parameters.Length);
        Memory->Gradients = Gradients.Pointer;
        OnDevice?.Mirror(Gradients);
        for (var i = 0; i < programs.Length; i++)
            if (programs[i].Optimizer is FullBatchOptimizer optimizer) _objectives[i] = new Objective(this, optimizer, _states[optimizer], programs[i].Trained);
    }

    /// <summary>The Learn programs, by their numbers.</summary>
    internal LearnProgram[] Programs { get; }

    /// <summary>Gradients, laid out as the parameters.</summary>
    public ParameterBlock Gradients { get; }

    internal override bool IsGradients(float* gradients) => gradients == Gradients.Address;

    /// <summary>Updates made so far.</summary>
    public long Step { get => _counters[0]; private set => _counters[0] = value; }

    /// <summary>The learning rate of the first optimizer; setting it sets that of all, from the next step on.</summary>
    /// <exception cref="InvalidOperationException">There is no optimizer.</exception>
    public double LearningRate
    {
        get => (Programs.FirstOrDefault(p => p.Optimizer is not null)?.Optimizer ?? throw new InvalidOperationException("This training has no optimizer.")).LearningRate;
        set
        {
            using var _ = TakeTurn();
            foreach (var program in Programs)
                if (program.Optimizer is { } optimizer) optimizer.LearningRate = value;
        }
    }

    /// <summary>Begins a call that computes a loss, with or without gradients.</summary>
    /// <param name="program">The program's number.</param>
    /// <param name="rows">Live rows, at least 1: of gradients at most the batch; of a loss alone more than that are computed in turn.</param>
    /// <param name="mode">What it computes.</param>
    /// <param name="variant">Which of its declared shapes.</param>
    /// <exception cref="ArgumentException">There are more rows than the batch.</exception>
    /// <exception cref="ObjectDisposedException">The training or its network was disposed of.</exception>
    /// <exception cref="InvalidOperationException">Another thread's call or a Fit is under way.</exception>
    public LearnCall Enter(int program, int rows, LearnMode mode = LearnMode.Gradients, int variant = 0)
    {
        var turn = default(Turn);
        if (mode == LearnMode.Gradients)
        {
            var name = Programs[program].Name;
            if (rows > Batch) throw new ArgumentException($"{name}: expected at most {English.Count(Batch, "row")}, the batch this training was made for, but {rows} came.");
            ThrowIfFitting(name);
            Begin();
        }
        else
        {
            turn = TakeTurn();
            try
            {
                Begin(reads: true);
            }
            catch
            {
                turn.Dispose();
                throw;
            }
        }
        // The step counts updates, so that all calls between two of them draw the same random numbers.
        Memory->Step = (ulong)_steps[program];
        Memory->Rows = Math.Min(rows, Batch);
        return new LearnCall(this, program, variant, rows, turn);
    }

    /// <summary>Begins the update that follows a call with gradients.</summary>
    /// <param name="program">The program's number.</param>
    /// <exception cref="InvalidOperationException">No gradients of this program are waiting, it has no optimizer, or another thread's call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The training or its network was disposed of.</exception>
    public ApplyCall EnterApply(int program)
    {
        var learn = Programs[program];
        ThrowIfFitting(learn.Name, "Apply");
        Begin();
        if (_pending is { } pending && pending.Program == program && (learn.Optimizer is not null || !learn.Updates))
        {
            _moves.Clear();
            _assigned.Clear();
            _next = null;
            Monitor.Enter(Core.WeightsGate);
            return new ApplyCall(this, program, pending.Variant);
        }
        End();
        throw new InvalidOperationException(learn.Optimizer is null && learn.Updates
            ? $"{learn.Name}: this training was made without an optimizer for it; only losses and gradients can be had of it."
            : $"Apply{learn.Name} expects {learn.Name}Gradients to be called right before it.");
    }

    /// <summary>
    /// Runs epochs of steps over shuffled samples; epochs are counted on from one run to the next. One that was cut short by an exception is not counted: the
    /// next run begins it again. One that a limit cut short is continued.
    /// </summary>
    /// <param name="program">The number of the program that learns.</param>
    /// <param name="samples">Samples in the data.</param>
    /// <param name="epochs">Epochs, at least 1.</param>
    /// <param name="gather">Puts the rows of a step's samples side by side. On a device it is called for the next step while one is computed.</param>
    /// <param name="step">One step on the rows that were gathered.</param>
    /// <param name="progress">Receives a report at each epoch's end, and about ten times a second in between.</param>
    /// <param name="validate">Runs after each epoch.</param>
    /// <param name="options">When to save and when to stop; null for neither.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <param name="inOrder">Samples of each step, which come in their own order; 0 for as many as the batch, shuffled.</param>
    /// <returns>The state at the end of each epoch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no samples or no epochs.</exception>
    /// <exception cref="InvalidOperationException">Another run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The training or its network was disposed of.</exception>
    public Task<IReadOnlyList<TrainingProgress>> Fit(
        int program, int samples, int epochs, BatchGather gather, TrainingStep step, IProgress<TrainingProgress>? progress, Func<Validated>? validate, FitOptions? options, CancellationToken cancellation, int inOrder = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ThrowIfDisposed();
        var run = new TrainingRun(this, program, samples, epochs, gather, step, progress, validate, options ?? new FitOptions(), cancellation, inOrder);
        if (Interlocked.Exchange(ref _fitting, 1) != 0) throw new InvalidOperationException("A Fit is under way on this training; await it before the next begins.");
        _samples = samples;
        return run.Start(ended: () => Volatile.Write(ref _fitting, 0));
    }

    /// <summary>What puts the images of each batch side by side while <see cref="Fit"/> runs.</summary>
    /// <param name="data">The images.</param>
    /// <param name="augmentation">How every epoch changes them; null if it does not.</param>
    public ImageBatches Images(ImageSet data, Augmentation? augmentation) => new(this, data, augmentation);

    /// <summary>The learning rate of a program's last step, by its schedule; null without an optimizer.</summary>
    internal double? LastRate(int program) => Programs[program] is { Optimizer: { } optimizer, Updates: true, Trained: [var first, ..] }
        ? optimizer.RateAt(Math.Max(_states[optimizer].Steps[first] - 1, 0)) : null;

    /// <summary>Epochs done so far: the number of the one in progress.</summary>
    public long Epoch { get => _counters[1]; internal set => _counters[1] = value; }

    /// <summary>Samples of the epoch in progress that a Fit has learned from.</summary>
    internal int Position { get => (int)_counters[2]; set => _counters[2] = value; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        Gradients.Dispose();
        foreach (var objective in _objectives) objective?.Dispose();
        foreach (var state in _states.Values) state.Dispose();
        foreach (var input in _optimized) input.Values.Dispose();
    }

    private void Update(int program)
    {
        var ranges = _ranges[program];
        if (!(OnDevice?.GradientsAreFinite(ranges) ?? FiniteCheck.AllSquaresFinite(Gradients.Pointer, ranges, Workers))) throw NonFinite(program);
        foreach (var (input, values, gradients, length) in _moves)
            input.Move(new Span<float>((float*)values, length), new ReadOnlySpan<float>((float*)gradients, length), Workers);
        if (ranges.Length == 0) return;
        if (_objectives[program] is { } objective)
        {
            objective.Commit();
            return;
        }
        var optimizer = Programs[program].Optimizer!;
        if (OnDevice is null) optimizer.Step(Core.Parameters.Pointer, Gradients.Pointer, _states[optimizer], ranges, Workers);
        else OnDevice.Update(optimizer, _states[optimizer], ranges);
    }

    /// <summary>The memory whose parameters a program's update writes; null where it is the host's: a full-batch optimizer searches there.</summary>
    private DeviceMemory? Updated(int program) => _objectives[program] is null ? OnDevice : null;

    private NonFiniteGradientException NonFinite(int program)
    {
        var trained = Core.Parameters.Parameters;
        var first = Programs[program].Trained.First(i => !FiniteCheck.AllSquaresFinite(new ReadOnlySpan<float>(Gradients.Pointer + trained[i].Offset, checked((int)trained[i].Floats))));
        return new(Programs[program].Name, Step, trained[first].Name);
    }

    private void Move(int program, int variant, int input, string name, Span<float> values, int length, int perRow, float* gradients)
    {
        if (values.Length != length)
            throw new ArgumentException($"Apply{Programs[program].Name}: expected the {English.Count(length, "value")} that the gradients are of, but {name} has {values.Length}.", name);
        if (!FiniteCheck.AllSquaresFinite(new ReadOnlySpan<float>(gradients, length)))
            throw new NonFiniteGradientException(Programs[program].Name, Step, name);
        fixed (float* pinned = values) _moves.Add((Optimized(program, variant, input, name, perRow), (nint)pinned, (nint)gradients, length));
    }

    private void Assign(int program, ParameterInfo parameter, int offset)
    {
        if (!FiniteCheck.AllFinite(new ReadOnlySpan<float>(Read(Memory->Arena + offset, Floats(parameter)), Floats(parameter))))
            throw new NonFiniteAssignmentException(Programs[program].Name, Step, parameter.Name);
        _assigned.Add((parameter, offset));
    }

    // What pads a flat value is not computed.
    private static int Floats(ParameterInfo parameter) => parameter.Storage == ParameterStorage.Flat ? parameter.Length : checked((int)parameter.Floats);

    private OptimizedInput Optimized(int program, int variant, int input, string name, int perRow)
    {
        if (Known(program, variant, input) is { } known) return known;
        var values = new OptimizedInput(name, Programs[program].Optimizer!, Batch, perRow);
        _optimized.Add((program, variant, input, values));
        return values;
    }

    // A few at most; a dictionary would make its comparer at the second call.
    private OptimizedInput? Known(int program, int variant, int input)
    {
        foreach (var known in _optimized)
            if (known.Program == program && known.Variant == variant && known.Input == input) return known.Values;
        return null;
    }
}
