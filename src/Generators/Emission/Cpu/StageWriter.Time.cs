using System.Globalization;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Cpu;

// Steps of time: how a stage and its loops walk them, and where values are at each.
internal sealed partial class StageWriter
{
    /// <summary>A block of code, at whose beginning the places of values at a step of time are computed.</summary>
    private sealed class Scope(Scope? outer, IEnumerable<TimeAxis> axes)
    {
        public Scope? Outer => outer;
        public IReadOnlyList<TimeAxis> Axes { get; } = [.. axes];
        public Dictionary<Buffer, string> Locals { get; } = [];
        public CodeWriter Head { get; } = new();
    }

    /// <summary>The number of the step of each axis that is being walked.</summary>
    private readonly Dictionary<TimeAxis, string> _index = [];

    /// <summary>The axes that one number counts the steps of, all together: <c>step</c>.</summary>
    private EquatableArray<TimeAxis> _flat = [];

    // ---- Walking ----

    /// <summary>The steps of a stage that walks those of its axes by one number.</summary>
    private void WriteStepsOfTime(Stage stage, CodeWriter code, List<string> comments)
    {
        var time = stage.Kind.Time;
        _flat = time;
        for (var axis = 0; axis < time.Count; axis++)
        {
            var inner = AllSteps(time.Skip(axis + 1).ToEquatable());
            var outer = inner == "1" ? "step" : $"step / ({inner})";
            _index[time[axis]] = time.Count == 1 ? "step" : axis == 0 ? $"({outer})" : $"({outer} % ({StepsOf(time[axis])}))";
        }
        var root = _scope;
        _scope = new Scope(root, time);
        _step = _scope;
        WriteSteps(stage, 0, stage.Steps.Count, code, comments);
        _scope = root;
        _flat = [];
    }

    /// <summary>The scope of a stage's steps of time.</summary>
    private Scope? _step;

    private void WalkSteps(Stage stage, CodeWriter body, string steps)
    {
        var slice = BlocksPerSlice(stage);
        // Where the rows of a step fill its blocks, those of all steps are like rows of one.
        if (stage.Kind.Walk == TimeWalk.Blocks) body.Line($"nint steps = {AllSteps(stage.Kind.Time)};").Line("if (rows % 16 == 0) (rows, blocks, steps) = (rows * (int)steps, blocks * (int)steps, 1);");
        body.Open("for (nint step = first / blocks; step * blocks < last; step++)");
        if (_step!.Head.ToString() is { Length: > 0 } head) body.Lines(head);
        body.Line("var end = (int)Math.Min(last - step * blocks, blocks);");
        body.Open($"for (var from = (int)Math.Max(first - step * blocks, 0); from < end; from += {slice})");
        body.Line($"var to = Math.Min(from + {slice}, end);").Line("var live = Math.Min(16 * to, rows) - 16 * from;");
        body.Lines(steps).Close().Close();
    }

    /// <summary>A loop over the steps of an axis, for the rows of a slice.</summary>
    private void WriteLoop(TimeLoop loop, CodeWriter code, List<string> comments)
    {
        foreach (var step in loop.Before) WriteAt(step, loop.Outer, code, comments);
        var (variable, count) = (Identifiers.Unique("t", _names), StepsOf(loop.Axis));
        code.Open(loop.Backward ? $"for (nint {variable} = {count} - 1; {variable} >= 0; {variable}--)" : $"for (nint {variable} = 0; {variable} < {count}; {variable}++)");
        Within(loop.Axis, variable, code, comments, body =>
        {
            foreach (var step in loop.Body) WriteAt(step, [.. loop.Outer, loop.Axis], body, comments);
        });
        code.Close();
    }

    /// <summary>A step within loops over these axes; over what other axes it has it loops itself.</summary>
    private void WriteAt(Step step, EquatableArray<TimeAxis> walked, CodeWriter code, List<string> comments)
    {
        if (step is TimeLoop loop)
        {
            WriteLoop(loop, code, comments);
            return;
        }
        if (step.Time.FirstOrDefault(a => !walked.Contains(a)) is { } axis)
        {
            var variable = Identifiers.Unique("s", _names);
            code.Open($"for (nint {variable} = 0; {variable} < {StepsOf(axis)}; {variable}++)");
            Within(axis, variable, code, comments, body => WriteAt(step, [.. walked, axis], body, comments));
            code.Close();
            return;
        }
        var lines = BatchStep(step).ToArray();
        code.Line(CodeBlock.CommentMark);
        comments.Add(CodeWriter.OneLine(step.Comment));
        foreach (var line in lines) code.Line(line);
    }

    private void Within(TimeAxis axis, string variable, CodeWriter code, List<string> comments, Action<CodeWriter> write)
    {
        var (outer, body) = (_scope, new CodeWriter());
        _index[axis] = variable;
        _scope = new Scope(outer, [axis]);
        write(body);
        if (_scope.Head.ToString() is { Length: > 0 } head) code.Lines(head);
        if (body.ToString() is { Length: > 0 } text) code.Lines(text);
        _scope = outer;
        _index.Remove(axis);
    }

    // ---- Numbers of steps ----

    /// <summary>The steps of an axis in this call.</summary>
    private string StepsOf(TimeAxis axis)
    {
        if (axis.Fixed > 0) return Number((axis.Fixed + axis.Stride - 1) / axis.Stride);
        var steps = $"frame->Steps[{axes.Items.IndexOf(axis.Whole)}]";
        return axis.Stride == 1 ? steps : $"(({steps} + {axis.Stride - 1}) / {axis.Stride})";
    }

    /// <summary>The steps of several axes, together.</summary>
    private string AllSteps(EquatableArray<TimeAxis> time) => time.Count == 0 ? "1" : string.Join(" * ", time.Select(StepsOf));

    /// <summary>Rows of a value, those of all its steps.</summary>
    private string RowsOf(Buffer buffer) => buffer.Time.Count == 0 ? "rows" : $"rows * {AllSteps(buffer.Time)}";

    /// <summary>What a map's kernel takes besides its values: the rows of the call, numbers of steps.</summary>
    private string Numbers(params Map[] maps) => (MapKernel.UsesRows(maps) ? maps[0].Time.Count == 0 ? ", rows" : ", frame->Rows" : "") + string.Concat(MapKernel.StepsOf(maps).Select(axis => $", {_index[axis]}"));

    /// <summary>Draws of different steps of time differ: their samples are numbered apart.</summary>
    private string OfStep(Draw draw) => draw.Target.Time.Count == 0 ? "" : $" + ((ulong)({Index(draw.Target.Time)} + 1) << 40)";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // ---- Places ----

    /// <summary>Where a value is: of one over time, at the steps that are being walked; of an axis that is not walked, its first step.</summary>
    private string Local(Buffer buffer, string type = "float*")
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

    private TimeAxis[] WalkedOf(Buffer buffer) => [.. buffer.Kept.Where(_index.ContainsKey)];

    /// <summary>Floats from a step of a value to the next, in rows or blocks of this call.</summary>
    private static string StepFloats(Buffer buffer) => buffer.Storage == Storage.Lanes ? $"blocks * {16 * buffer.Features}" : $"rows * {buffer.RowStride}";

    /// <summary>Of a state, from its first place to that of the view's first step.</summary>
    private string FirstPlace(Buffer buffer) => buffer.State is not { } state || !state.IsLate(buffer.View) ? ""
        : buffer.View is StateView.Before or StateView.After ? $" + (nint)frame->Rows * {buffer.RowStride}" : $" + (nint){StepsOf(state.Axis)} * frame->Rows * {buffer.RowStride}";

    /// <summary>The number of the step of a value that is walked, counted over all its axes.</summary>
    private string IndexOf(Buffer buffer)
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
    private string Index(EquatableArray<TimeAxis> time)
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

    // ---- Steps that time has of its own ----

    private string TimeStep(Step step)
    {
        switch (step)
        {
            case ReadLengths read:
                var lengths = $"(int*)frame->Lengths[{axes.Items.IndexOf(read.Axis.Whole)}]";
                return read.Target.Storage == Storage.Lanes
                    ? $"for (nint block = from; block < to; block++) TimeSteps.LengthsToLanes({lengths} + 16 * block, {read.Axis.Stride}, Math.Min(16, rows - 16 * (int)block), {At(read.Target, "block")});"
                    : $"TimeSteps.LengthsToRows({lengths} + 16 * from, {read.Axis.Stride}, live, {Local(read.Target)} + (nint)from * {16 * read.Target.RowStride}, {read.Target.RowStride});";
            case MoveSteps { Result: { } result } move:
                var (original, place) = AllStepsOf(move.From, move.Axis, _index[result]);
                return $"TimeSteps.Every({original}, {StepFloats(move.From)}, {Local(move.Target)}, {move.From.RowStride}, {move.From.Features}, {LengthsOf(move.Axis)}, {move.Axis.Stride}, {StepsOf(move.Axis)}, {place}, 1, 16 * from, live);";
            case MoveSteps move:
                var axis = move.Kind == StepMove.Every ? move.Axis with { Stride = move.Axis.Stride * move.Distance } : move.Axis;
                var (source, number) = AllStepsOf(move.From, move.Kind is StepMove.Spread ? move.Axis with { Stride = move.Axis.Stride * move.Distance } : move.Axis, _index[axis]);
                return $"TimeSteps.{move.Kind}({source}, {StepFloats(move.From)}, {Local(move.Target)}, {move.From.RowStride}, {move.From.Features}, {LengthsOf(move.Axis)}, {move.Axis.Stride}, {StepsOf(move.Axis)}, {number}, {move.Distance}, 16 * from, live);";
            case MoveAxis { ToSteps: true } move:
                return $"TimeSteps.OfAxis({Local(move.From)}, {move.From.RowStride}, {Local(move.Target)}, {move.Target.RowStride}, {move.Target.Features}, {_index[move.Axis]}, 16 * from, live);";
            case MoveAxis move:
                var (firstStep, _) = AllStepsOf(move.From, move.Axis, "");
                return $"TimeSteps.ToAxis({firstStep}, {StrideOf(move.From, move.Axis)}, {move.From.RowStride}, {move.From.Features}, {StepsOf(move.Axis)}, {Local(move.Target)}, {move.Target.RowStride}, 16 * from, live);";
            case FoldTime fold:
                var (first, _) = AllStepsOf(fold.X, fold.Axis, "");
                var floats = fold.X.Storage == Storage.Lanes ? $"(nint)(to - from) * {16 * fold.X.Features}" : $"(nint)live * {fold.X.RowStride}";
                var start = fold.X.Storage == Storage.Lanes ? 16 * fold.X.Features : 16 * fold.X.RowStride;
                return $"TimeSteps.{fold.Kind}<V>({first} + (nint)from * {start}, {StrideOf(fold.X, fold.Axis)}, {StepsOf(fold.Axis)}, {Local(fold.Target)} + (nint)from * {start}, {floats});";
            case CtcStep ctc:
                var (time, labelTime) = (ctc.Scores.Time[0], ctc.Labels.Time[0]);
                return $"Ctc.Rows<V>({Local(ctc.Scores)}, {StepFloats(ctc.Scores)}, {ctc.Scores.RowStride}, {LengthsOf(time)}, {time.Stride}, {StepsOf(time)}, {ctc.Scores.Features}, "
                    + $"{Local(ctc.Labels)}, {StepFloats(ctc.Labels)}, {ctc.Labels.RowStride}, {LengthsOf(labelTime)}, {labelTime.Stride}, {StepsOf(labelTime)}, "
                    + $"{ctc.Blank}, {(ctc.SkipInfeasible ? "true" : "false")}, {Local(ctc.Loss)}, {ctc.Loss.RowStride}, {(ctc.Gradient is null ? "null" : Local(ctc.Gradient))}, 16 * from, live);";
            case PickRows pick:
                return $"TimeSteps.PickRows({Local(pick.Table)}, {pick.Target.Features}, {Local(pick.Labels)} + (nint)from * {16 * pick.Labels.RowStride}, {pick.Labels.RowStride}, live, {Local(pick.Target)} + (nint)from * {16 * pick.Target.RowStride}, {pick.Target.RowStride});";
            default:
                throw new InvalidOperationException($"{step.GetType().Name} is no step of time");
        }
    }

    /// <summary>A value at the first step of an axis, whatever step of it is walked.</summary>
    private (string First, string Number) AllStepsOf(Buffer buffer, TimeAxis axis, string number)
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
    private string StrideOf(Buffer buffer, TimeAxis axis)
    {
        var later = buffer.Kept.SkipWhile(a => a != axis).Skip(1).ToEquatable();
        return $"{(later.Count == 0 ? "" : AllSteps(later) + " * ")}{StepFloats(buffer)}";
    }

    /// <summary>The lengths of an axis; null where all samples have the same.</summary>
    private string LengthsOf(TimeAxis axis) => axis.Fixed > 0 ? "null" : $"(int*)frame->Lengths[{axes.Items.IndexOf(axis.Whole)}]";

    private string ReadStep(ReadInput read)
    {
        var axis = read.From.Time[0];
        var (f, isInLanes) = (read.Target.Features, read.Target.Storage == Storage.Lanes);
        var element = read.Input.Kind == InputKind.Labels ? "int" : read.Input.Bytes ? "byte" : "float";
        var scale = element == "byte" ? $", {ScalarText.Number(read.Input.Mean)}, {ScalarText.Number(read.Input.Scale)}" : "";
        var source = $"{Local(read.From, element + "*")}, {f}, {StepsOf(axis)}, {LengthsOf(axis)}, {_index[axis]}";
        return isInLanes
            ? $"for (nint block = from; block < to; block++) TimeSteps.ReadLanes({source}, 16 * (int)block, Math.Min(16, rows - 16 * (int)block){scale}, {At(read.Target, "block")});"
            : $"TimeSteps.ReadRows({source}, 16 * from, live{scale}, {Local(read.Target)} + (nint)from * {16 * read.Target.RowStride}, {read.Target.RowStride});";
    }

    private string WriteStep(WriteOutput write)
    {
        var axis = write.From.Time[0];
        var target = $"{Local(write.Target, write.Integers ? "int*" : "float*")}, {write.From.Features}, {StepsOf(axis)}, {LengthsOf(axis)}, {axis.Stride}, {_index[axis]}";
        return write.From.Storage == Storage.Lanes
            ? $"for (nint block = from; block < to; block++) TimeSteps.WriteLanes({At(write.From, "block")}, {target}, 16 * (int)block, Math.Min(16, rows - 16 * (int)block));"
            : $"TimeSteps.WriteRows({Local(write.From)} + (nint)from * {16 * write.From.RowStride}, {write.From.RowStride}, {target}, 16 * from, live);";
    }
}
