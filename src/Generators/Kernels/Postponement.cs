namespace Kiln.Generators.Kernels;

/// <summary>
/// A step whose result is wanted only stages later waits, where that keeps less in memory: a kernel is transposed shortly before it is
/// read, and what the backward pass computes again comes into being there, not beside the values of the forward pass.
/// </summary>
internal sealed class Postponement
{
    /// <summary>Rows that a value of the batch is counted for.</summary>
    private const long Rows = 16;

    /// <summary>Steps are known by their numbers: as records they are compared by value.</summary>
    private readonly Step[] _steps;

    private readonly int[] _stageOf;
    private readonly StageKind[] _kinds;
    private readonly List<int>[] _stages;
    private readonly HashSet<Buffer> _kept;
    private readonly Dictionary<Buffer, List<int>> _readers = [], _writers = [];

    private Postponement(IReadOnlyList<Stage> stages, IEnumerable<Buffer> kept)
    {
        _steps = [.. stages.SelectMany(s => s.Steps)];
        _stageOf = [.. stages.SelectMany((s, number) => s.Steps.Select(_ => number))];
        _kinds = [.. stages.Select(s => s.Kind)];
        _stages = [.. stages.Select(_ => new List<int>())];
        _kept = [.. kept.Select(k => k.Place)];
        for (var step = 0; step < _steps.Length; step++)
        {
            _stages[_stageOf[step]].Add(step);
            foreach (var buffer in _steps[step].Reads) Add(_readers, buffer.Place, step);
            foreach (var buffer in _steps[step].Writes) Add(_writers, buffer.Place, step);
        }

        static void Add(Dictionary<Buffer, List<int>> steps, Buffer buffer, int step)
        {
            if (steps.TryGetValue(buffer, out var list)) list.Add(step);
            else steps[buffer] = [step];
        }
    }

    /// <param name="kept">Buffers that are read after the stages.</param>
    public static IReadOnlyList<Stage> Run(IReadOnlyList<Stage> stages, IEnumerable<Buffer> kept)
    {
        var order = new Postponement(stages, kept);
        // From the last to the first, so that what a step reads can follow it.
        for (var step = order._steps.Length - 1; step >= 0; step--) order.Postpone(step);
        return order.Left();
    }

    private void Postpone(int number)
    {
        var (step, from) = (_steps[number], _stageOf[number]);
        if (step.Writes.Any(w => w.State is not null || w.Space != Space.Arena || _kept.Contains(w) || !_readers.ContainsKey(w) || _writers[w].Count > 1)) return;
        var wanted = step.Writes.Min(w => _readers[w].Min(r => _stageOf[r]));
        // Within a stage over the batch steps follow one another; those over outputs do not wait.
        var to = step.Domain != Domain.Output && _kinds[wanted] == _kinds[from] && !_readers[step.Writes[0]].Any(r => _steps[r].CrossesTime) ? wanted : wanted - 1;
        while (to > from && _kinds[to] != _kinds[from]) to--;
        if (to <= from || KeptLonger(number, to) >= step.Writes.Sum(Size) * (to - from)) return;
        _stages[from].Remove(number);
        _stageOf[number] = to;
        var reader = _stages[to].FindIndex(s => _steps[s].Reads.Any(step.Writes.Contains));
        _stages[to].Insert(Math.Max(reader, 0), number);
    }

    /// <summary>What the step's operands are kept longer, in floats times stages.</summary>
    private long KeptLonger(int number, int to)
    {
        var kept = 0L;
        foreach (var buffer in _steps[number].Reads.Select(r => r.Place))
            if (buffer.Space == Space.Arena && !_kept.Contains(buffer)) kept += Size(buffer) * Math.Max(0, to - _readers[buffer].Max(r => _stageOf[r]));
        return kept;
    }

    private static long Size(Buffer buffer) => buffer.Floats * (buffer.Batched ? Rows : 1);

    /// <summary>The stages that are left; neighbours that can be are one.</summary>
    private List<Stage> Left()
    {
        var left = new List<Stage>();
        for (var number = 0; number < _stages.Length; number++)
        {
            var stage = new Stage(_kinds[number], [.. _stages[number].Select(s => _steps[s])]);
            if (stage.Steps.Count == 0) continue;
            if (left.Count > 0 && left[left.Count - 1] is var before && Joins(before, stage)) left[left.Count - 1] = stage with { Steps = [.. before.Steps, .. stage.Steps] };
            else left.Add(stage);
        }
        return left;
    }

    private static bool Joins(Stage before, Stage after)
    {
        if (before.Kind != after.Kind) return false;
        var written = new HashSet<Buffer>(before.Steps.SelectMany(s => s.Writes).Select(w => w.Place));
        return !after.Steps.Where(s => s.Domain == Domain.Output || s.CrossesTime).Any(s => s.Reads.Any(r => written.Contains(r.Place)));
    }
}
