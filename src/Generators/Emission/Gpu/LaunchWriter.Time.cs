using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;

namespace Kiln.Generators.Emission.Gpu;

// Steps that time has of its own.
internal sealed partial class LaunchWriter
{
    /// <summary>The lengths of an axis. Of one that all samples have alike nothing is read: any address will do.</summary>
    private View Lengths(TimeAxis axis, string name = "lengths") => new(name, axis.Fixed > 0 ? "frame->Numbers" : LengthsOf(axis), "int");

    private static string Known(TimeAxis axis) => Bool(axis.Fixed == 0);

    private StepLaunch TimeStep(Step step)
    {
        var rows = ("rows", "rows");
        switch (step)
        {
            case ReadLengths read:
                return read.Target.Storage == Storage.Lanes
                    ? Launch(read, $"TimeSteps.LengthsToLanes(lengths, y, {read.Axis.Stride}, rows)", "DeviceWork.Lanes(rows, 1)", [Lengths(read.Axis), In("y", read.Target)], rows)
                    : Launch(read, $"TimeSteps.LengthsToRows(lengths, y, {read.Axis.Stride}, {read.Target.RowStride}, rows)", "rows", [Lengths(read.Axis), In("y", read.Target)], rows);
            case MoveSteps move:
                return MoveStep(move);
            case MoveAxis { ToSteps: true } move:
                return Launch(move, $"TimeSteps.OfAxis(x, y, {move.From.RowStride}, {move.Target.RowStride}, {move.Target.Features}, rows, step)", $"(long)rows * {move.Target.RowStride}", [In("x", move.From), In("y", move.Target)], rows, ("step", _index[move.Axis]));
            case MoveAxis move:
                var (firstStep, _) = AllStepsOf(move.From, move.Axis, "");
                return Launch(move, $"TimeSteps.ToAxis(x, y, {move.From.RowStride}, {move.From.Features}, {move.Target.RowStride}, rows, stepStride, steps)", $"(long)rows * {move.Target.RowStride}",
                    [new("x", firstStep), In("y", move.Target)], rows, ("stepStride", StrideOf(move.From, move.Axis)), ("steps", StepsOf(move.Axis)));
            case FoldTime fold:
                var (first, _) = AllStepsOf(fold.X, fold.Axis, "");
                var floats = fold.X.Storage == Storage.Lanes ? $"blocks * {16 * fold.X.Features}" : $"rows * {fold.X.RowStride}";
                return Launch(fold, $"TimeSteps.{fold.Kind}(x, y, stride, steps, floats)", floats, [new("x", first), In("y", fold.Target)], ("stride", StrideOf(fold.X, fold.Axis)), ("steps", StepsOf(fold.Axis)), ("floats", floats));
            case CtcStep ctc:
                return CtcLaunch(ctc);
            case PickRows pick:
                return Launch(pick, $"TimeSteps.PickRows(table, labels, y, {pick.Target.Features}, {pick.Labels.RowStride}, {pick.Target.RowStride}, rows)", $"(long)rows * {pick.Target.RowStride}",
                    [In("table", pick.Table), In("labels", pick.Labels), In("y", pick.Target)], rows);
            default:
                throw new InvalidOperationException($"{step.GetType().Name} does not run over the batch");
        }
    }

    /// <summary>See the CPU's StageWriter.</summary>
    private StepLaunch MoveStep(MoveSteps move)
    {
        string source, number, kind = move.Kind.ToString();
        var distance = move.Distance;
        if (move.Result is { } result)
        {
            (source, number) = AllStepsOf(move.From, move.Axis, _index[result]);
            (kind, distance) = (nameof(StepMove.Every), 1);
        }
        else
        {
            var axis = move.Kind == StepMove.Every ? move.Axis with { Stride = move.Axis.Stride * move.Distance } : move.Axis;
            (source, number) = AllStepsOf(move.From, move.Kind is StepMove.Spread ? move.Axis with { Stride = move.Axis.Stride * move.Distance } : move.Axis, _index[axis]);
        }
        return Launch(move, $"TimeSteps.{kind}(x, y, lengths, {move.From.Features}, {move.From.RowStride}, {move.Axis.Stride}, {Known(move.Axis)}, {distance}, rows, stepStride, steps, step)", $"(long)rows * {move.From.RowStride}",
            [new("x", source), In("y", move.Target), Lengths(move.Axis)], ("rows", "rows"), ("stepStride", StepFloats(move.From)), ("steps", StepsOf(move.Axis)), ("step", number));
    }

    private StepLaunch CtcLaunch(CtcStep ctc)
    {
        var (time, labelTime) = (ctc.Scores.Time[0], ctc.Labels.Time[0]);
        var call = $"Ctc.Rows(scores, lengths, labels, labelLengths, loss, {(ctc.Gradient is null ? "loss" : "gradient")}, scratch, {ctc.Scores.RowStride}, {time.Stride}, {Known(time)}, {ctc.Scores.Features}, {ctc.Labels.RowStride}, {labelTime.Stride}, {Known(labelTime)}, "
            + $"{ctc.Blank}, {Bool(ctc.SkipInfeasible)}, {ctc.Loss.RowStride}, {Bool(ctc.Gradient is not null)}, rows, stepStride, steps, labelStepStride, labelSteps)";
        View[] views = [In("scores", ctc.Scores), Lengths(time), In("labels", ctc.Labels), Lengths(labelTime, "labelLengths"), In("loss", ctc.Loss), .. ctc.Gradient is null ? Array.Empty<View>() : [In("gradient", ctc.Gradient)],
            new("scratch", $"device.Scratch(DeviceWork.CtcFloats(rows, {StepsOf(time)}, {StepsOf(labelTime)}))")];
        return Launch(ctc, call, "128L * rows", views, ("rows", "rows"), ("stepStride", StepFloats(ctc.Scores)), ("steps", StepsOf(time)), ("labelStepStride", StepFloats(ctc.Labels)), ("labelSteps", StepsOf(labelTime)));
    }

    private StepLaunch ReadStep(ReadInput read)
    {
        var axis = read.From.Time[0];
        var element = read.Input.Kind == InputKind.Labels ? "int" : read.Input.Bytes ? "byte" : "float";
        var scale = element == "byte" ? $", {ScalarText.Number(read.Input.Mean)}, {ScalarText.Number(read.Input.Scale)}" : "";
        View[] views = [In("x", read.From, element), Lengths(axis), In("y", read.Target)];
        (string, string)[] numbers = [("rows", "rows"), ("steps", StepsOf(axis)), ("step", _index[axis])];
        return read.Target.Storage == Storage.Lanes
            ? Launch(read, $"TimeSteps.ReadLanes(x, lengths, y, {read.Target.Features}, {Known(axis)}, rows, steps, step{scale})", $"DeviceWork.Lanes(rows, {read.Target.Features})", views, numbers)
            : Launch(read, $"TimeSteps.ReadRows(x, lengths, y, {read.Target.Features}, {read.Target.RowStride}, {Known(axis)}, rows, steps, step{scale})", $"(long)rows * {read.Target.RowStride}", views, numbers);
    }

    private StepLaunch WriteStepOut(WriteOutput write)
    {
        var axis = write.From.Time[0];
        View[] views = [In("x", write.From), In("y", write.Target, write.Integers ? "int" : "float"), Lengths(axis)];
        (string, string)[] numbers = [("rows", "rows"), ("steps", StepsOf(axis)), ("step", _index[axis])];
        return write.From.Storage == Storage.Lanes
            ? Launch(write, $"TimeSteps.WriteLanes(x, y, lengths, {write.From.Features}, {axis.Stride}, {Known(axis)}, rows, steps, step)", $"(long)rows * {write.From.Features}", views, numbers)
            : Launch(write, $"TimeSteps.WriteRows(x, y, lengths, {write.From.Features}, {write.From.RowStride}, {axis.Stride}, {Known(axis)}, rows, steps, step)", $"(long)rows * {write.From.Features}", views, numbers);
    }
}
