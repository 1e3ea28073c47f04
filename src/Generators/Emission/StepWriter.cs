using System.Globalization;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission;

/// <summary>What the programs of all targets have in common: where values are at each step of time, and how loops over time are written.</summary>
/// <param name="sizes">The program's memory.</param>
/// <param name="axes">Its axes of time.</param>
internal abstract class StepWriter(MemorySizes sizes, EquatableArray<TimeAxis> axes)
{
    /// <summary>A block of code, at whose beginning the places of values at a step of time are computed.</summary>
    protected sealed class Scope(Scope? outer, IEnumerable<TimeAxis> axes)
    {
        public Scope? Outer => outer;
        public IReadOnlyList<TimeAxis> Axes { get; } = [.. axes];
        public Dictionary<Buffer, string> Locals { get; } = [];
        public CodeWriter Head { get; } = new();
    }

    /// <summary>The number of the step of each axis that is being walked.</summary>
    protected readonly Dictionary<TimeAxis, string> _index = [];

    /// <summary>The axes that one number counts the steps of, all together: <c>step</c>.</summary>
    protected EquatableArray<TimeAxis> _flat = [];

    // Of the block that is being written.
    protected HashSet<string> _names = [];
    protected Scope _scope = new(null, []);

    protected void Begin(IEnumerable<string> names)
    {
        (_names, _scope) = ([.. names], new(null, []));
        _index.Clear();
    }

    /// <summary>The axes of time of the program.</summary>
    protected EquatableArray<TimeAxis> Axes => axes;

    /// <summary>Writes a step over the batch, at the steps of time that are walked.</summary>
    protected abstract void WriteStep(Step step, CodeWriter code, List<string> comments);

    /// <summary>Writes the steps that wait to be written together: what follows is written elsewhere.</summary>
    protected virtual void EndRun(CodeWriter code)
    {
    }

    // ---- Loops over time ----

    /// <summary>The scope of steps that are walked by one number.</summary>
    protected Scope? Walked { get; private set; }

    /// <summary>Writes steps at all steps of these axes, which one number counts: <c>step</c>.</summary>
    protected void WriteStepsOfTime(EquatableArray<TimeAxis> time, Action write)
    {
        _flat = time;
        for (var axis = 0; axis < time.Count; axis++)
        {
            var inner = AllSteps(time.Skip(axis + 1).ToEquatable());
            var outer = inner == "1" ? "step" : $"step / ({inner})";
            _index[time[axis]] = time.Count == 1 ? "step" : axis == 0 ? $"({outer})" : $"({outer} % ({StepsOf(time[axis])}))";
        }
        var root = _scope;
        Walked = _scope = new Scope(root, time);
        write();
        _scope = root;
        _flat = [];
    }

    /// <summary>A loop over the steps of an axis, for the rows of a slice.</summary>
    protected void WriteLoop(TimeLoop loop, CodeWriter code, List<string> comments)
    {
        foreach (var step in loop.Before) WriteAt(step, loop.Outer, code, comments);
        EndRun(code);
        var (variable, count) = (Identifiers.Unique("t", _names), StepsOf(loop.Axis));
        code.Open(loop.Backward ? $"for (nint {variable} = {count} - 1; {variable} >= 0; {variable}--)" : $"for (nint {variable} = 0; {variable} < {count}; {variable}++)");
        Within(loop.Axis, variable, code, comments, body =>
        {
            foreach (var step in loop.Body) WriteAt(step, [.. loop.Outer, loop.Axis], body, comments);
        });
        code.Close();
    }

    /// <summary>A step within loops over these axes; over what other axes it has it loops itself.</summary>
    protected void WriteAt(Step step, EquatableArray<TimeAxis> walked, CodeWriter code, List<string> comments)
    {
        if (step is TimeLoop loop)
        {
            WriteLoop(loop, code, comments);
            return;
        }
        if (step.Time.FirstOrDefault(a => !walked.Contains(a)) is { } axis)
        {
            EndRun(code);
            var variable = Identifiers.Unique("s", _names);
            code.Open($"for (nint {variable} = 0; {variable} < {StepsOf(axis)}; {variable}++)");
            Within(axis, variable, code, comments, body => WriteAt(step, [.. walked, axis], body, comments));
            code.Close();
            return;
        }
        WriteStep(step, code, comments);
    }

    protected void Within(TimeAxis axis, string variable, CodeWriter code, List<string> comments, Action<CodeWriter> write)
    {
        var (outer, body) = (_scope, new CodeWriter());
        _index[axis] = variable;
        _scope = new Scope(outer, [axis]);
        write(body);
        EndRun(body);
        if (_scope.Head.ToString() is { Length: > 0 } head) code.Lines(head);
        if (body.ToString() is { Length: > 0 } text) code.Lines(text);
        _scope = outer;
        _index.Remove(axis);
    }

    // ---- Numbers of steps ----

    /// <summary>The steps of an axis in this call.</summary>
    protected string StepsOf(TimeAxis axis)
    {
        if (axis.Fixed > 0) return Number((axis.Fixed + axis.Stride - 1) / axis.Stride);
        var steps = $"frame->Steps[{axes.Items.IndexOf(axis.Whole)}]";
        return axis.Stride == 1 ? steps : $"(({steps} + {axis.Stride - 1}) / {axis.Stride})";
    }

    /// <summary>The steps of several axes, together.</summary>
    protected string AllSteps(EquatableArray<TimeAxis> time) => time.Count == 0 ? "1" : string.Join(" * ", time.Select(StepsOf));

    /// <summary>Rows of a value, those of all its steps.</summary>
    protected string RowsOf(Buffer buffer) => buffer.Time.Count == 0 ? "rows" : $"rows * {AllSteps(buffer.Time)}";

    protected static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // ---- Places ----

    /// <summary>Where a value is: of one over time, at the steps that are being walked; of an axis that is not walked, its first step.</summary>
    protected string Local(Buffer buffer, string type = "float*")
    {
        var walked = buffer.Space is Space.Input or Space.Output ? [] : WalkedOf(buffer);
        var scope = _scope;
        while (scope.Outer is not null && !scope.Axes.Any(walked.Contains)) scope = scope.Outer;
        if (scope.Locals.TryGetValue(buffer, out var known)) return known;
        var root = _scope;
        while (root.Outer is not null) root = root.Outer;
        if (!root.Locals.TryGetValue(buffer, out var whole))
        {
            whole = Identifiers.Escape(Identifiers.Unique(Identifiers.Camel(Role(buffer.Name)), _names));
            root.Head.Line($"var {whole} = {Address(buffer, type)}{FirstPlace(buffer)};");
            root.Locals[buffer] = whole;
        }
        if (scope == root) return whole;
        var here = Identifiers.Unique(whole.TrimStart('@') + "At", _names);
        scope.Head.Line($"var {here} = {whole} + {IndexOf(buffer)} * {StepFloats(buffer)};");
        return scope.Locals[buffer] = here;
    }

    protected TimeAxis[] WalkedOf(Buffer buffer) => [.. buffer.Kept.Where(_index.ContainsKey)];

    /// <summary>Floats from a step of a value to the next, in rows or blocks of this call.</summary>
    protected static string StepFloats(Buffer buffer) => buffer.Storage == Storage.Lanes ? $"blocks * {16 * buffer.Features}" : $"rows * {buffer.RowStride}";

    /// <summary>Of a state, from its first place to that of the view's first step.</summary>
    protected string FirstPlace(Buffer buffer) => buffer.State is not { } state || !state.IsLate(buffer.View) ? ""
        : buffer.View is StateView.Before or StateView.After ? $" + (nint)frame->Rows * {buffer.RowStride}" : $" + (nint){StepsOf(state.Axis)} * frame->Rows * {buffer.RowStride}";

    /// <summary>The number of the step of a value that is walked, counted over all its axes.</summary>
    protected string IndexOf(Buffer buffer)
    {
        if (buffer.State is null) return Index(buffer.Kept);
        // A state has one place more than steps, for each step of the loops around it.
        var own = buffer.State.Axis;
        var (outer, isOver) = (buffer.Kept.Where(a => a != own).ToEquatable(), buffer.Kept.Contains(own));
        if (outer.Count == 0) return Index(buffer.Kept);
        var first = $"({Index(outer)} * ({StepsOf(own)} + 1)";
        return isOver && _index.TryGetValue(own, out var step) ? $"{first} + {step})" : first + ")";
    }

    /// <summary>The number of a step among those of all these axes; of an axis that is not walked, the first.</summary>
    protected string Index(EquatableArray<TimeAxis> time)
    {
        if (time.Count > 0 && time == _flat) return "step";
        var index = "";
        foreach (var axis in time)
        {
            var isWalked = _index.TryGetValue(axis, out var step);
            index = index.Length == 0 ? isWalked ? step! : "" : $"({index} * {StepsOf(axis)}{(isWalked ? $" + {step}" : "")})";
        }
        return index.Length == 0 ? "0" : index;
    }

    /// <summary>A value at the first step of an axis, whatever step of it is walked.</summary>
    protected (string First, string Number) AllStepsOf(Buffer buffer, TimeAxis axis, string number)
    {
        var walked = _index.TryGetValue(axis, out var step);
        if (!walked) return (Local(buffer), number);
        var flat = _flat;
        _index.Remove(axis);
        _flat = [];
        // Locals of steps are at the step that is walked: this one counts from the value's beginning.
        var scope = _scope;
        while (_scope.Outer is not null) _scope = _scope.Outer;
        var first = Local(buffer);
        _scope = scope;
        if (WalkedOf(buffer).Length > 0) first = $"{first} + {IndexOf(buffer)} * {StepFloats(buffer)}";
        _index[axis] = step!;
        _flat = flat;
        return (first, number);
    }

    /// <summary>Floats from a step of an axis to the next, those of the axes within it between them.</summary>
    protected string StrideOf(Buffer buffer, TimeAxis axis)
    {
        var later = buffer.Kept.SkipWhile(a => a != axis).Skip(1).ToEquatable();
        return $"{(later.Count == 0 ? "" : AllSteps(later) + " * ")}{StepFloats(buffer)}";
    }

    /// <summary>The lengths of an axis; null where all samples have the same.</summary>
    protected string LengthsOf(TimeAxis axis) => axis.Fixed > 0 ? "null" : $"(int*)frame->Lengths[{axes.Items.IndexOf(axis.Whole)}]";

    /// <summary>A value's name without what tells one layer from the next: predict.block3.conv7.weight → conv.weight, relu37 → relu.</summary>
    public static string Role(string name)
    {
        var parts = name.Split('.');
        return string.Join(".", parts.Skip(parts.Length - 2).Select(part => part.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')));
    }

    protected string Address(Buffer buffer, string type) => buffer.Space switch
    {
        Space.Arena when buffer.Place.Pool is { Count: > 0 } time => $"(float*)frame->Pools[{sizes.Pools.Items.ToList().FindIndex(p => p.Time == time) + 1}] + {buffer.Offset} * (nint)frame->PoolRows[{sizes.Pools.Items.ToList().FindIndex(p => p.Time == time) + 1}]",
        Space.Arena when buffer.Batched => $"arena + {sizes.FixedFloats} + {buffer.Offset} * capacity",
        Space.States => $"frame->States + {buffer.Offset} * capacity",
        Space.Arena => $"arena + {buffer.Offset}",
        Space.Input => $"({type})frame->Inputs[{buffer.Offset}]",
        Space.Output => $"({type})frame->Outputs[{buffer.Offset}]",
        _ => $"frame->{buffer.Space} + {buffer.Offset}",
    };

    /// <summary>The stream's key, as Kiln.Kernels.Philox.StreamOf has it.</summary>
    protected static uint StreamOf(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name) hash = unchecked((((hash ^ (byte)c) * 16777619u) ^ (byte)(c >> 8)) * 16777619u);
        return hash;
    }
}
