using System.Globalization;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Cpu;

// Steps of time: how a stage and its loops walk them, and where values are at each.
internal sealed partial class StageWriter
{
    // ---- Walking ----

    private void WalkSteps(Stage stage, CodeWriter body, string steps)
    {
        var slice = BlocksPerSlice(stage);
        // Where the rows of a step fill its blocks, those of all steps are like rows of one.
        if (stage.Kind.Walk == TimeWalk.Blocks) body.Line($"nint steps = {AllSteps(stage.Kind.Time)};").Line("if (rows % 16 == 0) (rows, blocks, steps) = (rows * (int)steps, blocks * (int)steps, 1);");
        body.Open("for (nint step = first / blocks; step * blocks < last; step++)");
        if (Walked!.Head.ToString() is { Length: > 0 } head) body.Lines(head);
        body.Line("var end = (int)Math.Min(last - step * blocks, blocks);");
        body.Open($"for (var from = (int)Math.Max(first - step * blocks, 0); from < end; from += {slice})");
        body.Line($"var to = Math.Min(from + {slice}, end);").Line("var live = Math.Min(16 * to, rows) - 16 * from;");
        body.Lines(steps).Close().Close();
    }

    /// <summary>What a map's kernel takes besides its values: the rows of the call, numbers of steps.</summary>
    private string Numbers(params Map[] maps) => (MapKernel.UsesRows(maps) ? maps[0].Time.Count == 0 ? ", rows" : ", frame->Rows" : "") + string.Concat(MapKernel.StepsOf(maps).Select(axis => $", {_index[axis]}"));

    /// <summary>Draws of different steps of time differ: their samples are numbered apart.</summary>
    private string OfStep(Draw draw) => draw.Target.Time.Count == 0 ? "" : $" + ((ulong)({Index(draw.Target.Time)} + 1) << 40)";

    // ---- Steps that time has of its own ----

    private string TimeStep(Step step)
    {
        switch (step)
        {
            case ReadLengths read:
                var lengths = $"(int*)frame->Lengths[{Axes.Items.IndexOf(read.Axis.Whole)}]";
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
