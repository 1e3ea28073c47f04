using Kiln.Kernels;

namespace Kiln.Training;

/// <summary>
/// The loss of one program as a function of the weights it trains, for the rows and random draws of the step in progress: what a
/// <see cref="FullBatchOptimizer"/> searches. Weights are numbered from 0 in the order of checkpoints. Trial weights lie in a block of their own, so the network's
/// own are read by others undisturbed, and stay as they are whatever happens. Vectors are double precision; losses and gradients come from kernels in single.
/// </summary>
internal sealed unsafe class Objective : IDisposable
{
    private readonly TrainingSession _session;
    private readonly FullBatchOptimizer _optimizer;
    private readonly OptimizerState _state;
    private readonly ParameterRange[] _ranges;
    private readonly ParameterBlock _weights;
    private readonly ParameterBlock _gradients;
    private readonly long[] _places;
    private readonly int _first;
    private readonly float[] _start;
    private readonly float[] _next;
    private readonly float[] _scalars = new float[Frame.MaxScalars];
    private readonly double[] _numbers;
    private readonly double[]?[] _slots;
    private readonly List<double[]> _vectors = [];
    private readonly double[][] _trials;
    private delegate*<Frame*, Workers, void> _program, _curvature;
    private Arena? _matrix, _residuals;
    private NormalEquations? _equations;
    private SymmetricMatrix? _matrices;
    private int _residualsPerRow;
    private int _lent;
    private bool _accepted;
    private bool _isCurrent;

    public Objective(TrainingSession session, FullBatchOptimizer optimizer, OptimizerState state, int[] trained)
    {
        var table = session.Core.Parameters.Parameters;
        (_session, _optimizer, _state) = (session, optimizer, state);
        _ranges = ParameterRange.Of(table, trained);
        _first = trained[0];
        _weights = new ParameterBlock(table, session.Core.Parameters.Length);
        _gradients = new ParameterBlock(table, session.Core.Parameters.Length);
        _places = Places(table, trained);
        (_start, _next) = (new float[Count], new float[Count]);
        _numbers = new double[optimizer.Numbers];
        _slots = new double[]?[state.SlotNames.Count];
        Gradient = new double[Count];
        Direction = new double[Count];
        _trials = [new double[Count], new double[Count], new double[Count]];
    }

    /// <summary>Weights that are trained.</summary>
    public int Count => _places.Length;

    /// <summary>The loss at the start.</summary>
    public double Loss { get; private set; }

    /// <summary>Its gradient.</summary>
    public double[] Gradient { get; }

    /// <summary>Room for the direction that is searched.</summary>
    public double[] Direction { get; }

    /// <summary>The learning rate of this step, by its schedule.</summary>
    public double Rate => _optimizer.RateAt(_state.Steps[_first]);

    /// <summary>How often the loss was computed in this step.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Live rows.</summary>
    public int Rows => _session.Memory->Rows;

    /// <summary>Threads that share the work.</summary>
    public Workers Workers => _session.Workers;

    /// <summary>Losses that differ by less are equal, as far as single precision can tell.</summary>
    public double Noise => 5e-7 * Math.Abs(Loss);

    /// <summary>Elements of the residuals of one row.</summary>
    public int ResidualsPerRow => _residualsPerRow;

    /// <summary>Room for least squares.</summary>
    public NormalEquations NormalEquations => _equations ??= new(Count);

    /// <summary>Room for second derivatives.</summary>
    public SymmetricMatrix Matrices => _matrices ??= new(Count);

    /// <summary>Finds the next weights and stages them. Loss and gradients of the weights there are were computed just before.</summary>
    /// <param name="program">Computes them.</param>
    /// <param name="curvature">Computes a Jacobian or a Hessian; null where there is none.</param>
    /// <param name="residuals">Elements of the residuals of one row.</param>
    public void Search(delegate*<Frame*, Workers, void> program, delegate*<Frame*, Workers, void> curvature, int residuals)
    {
        _program = program;
        _curvature = curvature;
        _residualsPerRow = residuals;
        (_lent, _accepted, _isCurrent, Evaluations) = (0, false, true, 1);
        var weights = _session.Core.Parameters;
        Layouts.Copy(weights.Pointer, _weights.Pointer, checked((int)weights.Length));
        for (var i = 0; i < Count; i++) _start[i] = weights.Pointer[_places[i]];
        Loss = Read(_session.Gradients, Gradient);
        _state.Numbers.CopyTo(_numbers, 0);
        Array.Clear(_slots);
        // A gradient that is not finite is reported by the update, which then moves nothing.
        if (!double.IsFinite(Loss)) return;
        new ReadOnlySpan<float>(Scalars, _scalars.Length).CopyTo(_scalars);
        try
        {
            _optimizer.Search(this);
            // What the program assigns is then what it computes at the weights that follow.
            if (!_isCurrent)
            {
                Place(_accepted ? _next : _start);
                Run(_program);
            }
        }
        finally
        {
            _scalars.CopyTo(new Span<float>(Scalars, _scalars.Length));
        }
    }

    /// <summary>Loss and gradient at start + length · direction, rounded to single precision; +∞ where one of them is not finite.</summary>
    public double Evaluate(double[] direction, double length, double[] gradient)
    {
        for (var i = 0; i < Count; i++) _weights.Pointer[_places[i]] = Rounded(direction, length, i);
        Run(_program);
        Evaluations++;
        _isCurrent = false;
        return Read(_gradients, gradient);
    }

    /// <summary>The weights after a step; the last call counts.</summary>
    /// <returns>Whether any weight changes.</returns>
    public bool Accept(double[] direction, double length)
    {
        _accepted = false;
        for (var i = 0; i < Count; i++)
        {
            _next[i] = Rounded(direction, length, i);
            _accepted |= _next[i] != _start[i];
        }
        return _accepted;
    }

    /// <summary>No step: the weights stay.</summary>
    public void Stay() => _accepted = false;

    /// <summary>What a weight changes by, after rounding.</summary>
    public double Change(int i) => (double)_next[i] - _start[i];

    /// <summary>The largest weight at the start, without its sign.</summary>
    public double LargestWeight()
    {
        var largest = 0.0;
        foreach (var weight in _start) largest = Math.Max(largest, Math.Abs(weight));
        return largest;
    }

    /// <summary>A vector to work with, until the step's end.</summary>
    public double[] Lend()
    {
        if (_lent == _vectors.Count) _vectors.Add(new double[Count]);
        return _vectors[_lent++];
    }

    /// <summary>One of a few vectors for gradients that is neither of two.</summary>
    public double[] LendBut(double[] one, double[] other)
    {
        foreach (var gradient in _trials)
            if (gradient != one && gradient != other) return gradient;
        throw new InvalidOperationException("there is one vector more than is excluded");
    }

    /// <summary>A number that the optimizer remembers.</summary>
    public double Recall(int number) => _numbers[number];

    /// <summary>A vector that the optimizer remembers.</summary>
    public void Recall(int slot, double[] values)
    {
        var stored = _state.SlotPointer(slot);
        for (var i = 0; i < Count; i++) values[i] = stored[_places[i]];
    }

    /// <summary>Remembers a number, once the step is done.</summary>
    public void Remember(int number, double value) => _numbers[number] = value;

    /// <summary>Remembers a vector in single precision, once the step is done. It must stay as it is until then.</summary>
    public void Remember(int slot, double[] values) => _slots[slot] = values;

    /// <summary>Makes what was staged come true. The caller holds the weights.</summary>
    public void Commit()
    {
        _state.Segment(_ranges, steps: 1);
        _numbers.CopyTo(_state.Numbers, 0);
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            if (_slots[slot] is not { } values) continue;
            var stored = _state.SlotPointer(slot);
            for (var i = 0; i < Count; i++) stored[_places[i]] = (float)values[i];
        }
        (_optimizer.HasMoved, _optimizer.Evaluations) = (_accepted, Evaluations);
        if (!_accepted) return;
        var weights = _session.Core.Parameters.Pointer;
        for (var i = 0; i < Count; i++) weights[_places[i]] = _next[i];
    }

    /// <summary>Residuals [rows][residuals] and their Jacobian [rows][residuals][weights], at the start.</summary>
    public (IntPtr Residuals, IntPtr Jacobian) Jacobian()
    {
        var rows = (long)_session.Batch * _residualsPerRow;
        Room(ref _residuals, rows);
        Room(ref _matrix, checked(rows * Count));
        RunCurvature(_residuals!, _matrix);
        return ((nint)_residuals!.Pointer, (nint)_matrix!.Pointer);
    }

    /// <summary>Second derivatives [weights][weights] of the mean loss, at the start.</summary>
    public IntPtr Hessian()
    {
        Room(ref _matrix, checked((long)Count * Count));
        RunCurvature(_matrix!, null);
        return (nint)_matrix!.Pointer;
    }

    public void Dispose()
    {
        _weights.Dispose();
        _gradients.Dispose();
        _matrix?.Dispose();
        _residuals?.Dispose();
    }

    /// <summary>Where each trained weight lies in the parameter block.</summary>
    private static long[] Places(ParameterInfo[] table, int[] trained)
    {
        var places = new long[trained.Sum(t => (long)table[t].Length)];
        var number = 0;
        foreach (var parameter in trained.Select(t => table[t]))
            for (var i = 0; i < parameter.Length; i++) places[number++] = parameter.Offset + parameter.StorageIndex(i);
        return places;
    }

    private static void Room(ref Arena? arena, long floats)
    {
        if (arena?.Length >= floats) return;
        arena?.Dispose();
        arena = new Arena(floats);
    }

    private float* Scalars => _session.Memory->Scalars;

    private float Rounded(double[] direction, double length, int i) => (float)(_start[i] + length * direction[i]);

    private void Place(float[] values)
    {
        for (var i = 0; i < Count; i++) _weights.Pointer[_places[i]] = values[i];
    }

    /// <summary>Runs the kernels over the trial weights; gradients go into a block of their own.</summary>
    private void Run(delegate*<Frame*, Workers, void> program)
    {
        var memory = _session.Memory;
        var parameters = memory->Parameters;
        memory->Parameters = _weights.Pointer;
        memory->Gradients = _gradients.Pointer;
        try
        {
            _session.Run(program, writesGradients: true);
        }
        finally
        {
            memory->Parameters = parameters;
            memory->Gradients = _session.Gradients.Address;
        }
    }

    private void RunCurvature(Arena first, Arena? second)
    {
        _session.Run(_curvature, first, second);
        _isCurrent = false;
    }

    /// <summary>What a run left.</summary>
    private double Read(ParameterBlock gradients, double[] into)
    {
        var values = gradients.Pointer;
        var sum = 0f;
        for (var i = 0; i < Count; i++)
        {
            into[i] = values[_places[i]];
            // Zero unless it or its square is not finite.
            sum += values[_places[i]] * values[_places[i]] * 0;
        }
        return sum == 0 && float.IsFinite(Scalars[0]) ? Scalars[0] : double.PositiveInfinity;
    }
}
