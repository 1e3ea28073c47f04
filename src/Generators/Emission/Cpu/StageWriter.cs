using System.Globalization;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Cpu;

/// <summary>Writes a stage: a method that runs its steps over a range of blocks of the batch, or over a share of each output.</summary>
internal sealed partial class StageWriter(MethodPool methods, MapKernel maps, ShapePool shapes, MemorySizes sizes, EquatableArray<TimeAxis> axes) : StepWriter(sizes, axes)
{
    /// <summary>Floats a slice of the batch may touch: half of a common L2 cache.</summary>
    private const int SliceFloats = 128 * 1024;

    /// <summary>Steps of the longest part that is found to be repeated.</summary>
    private const int LongestPart = 16;

    private static readonly string[] Reserved = ["frame", "first", "last", "from", "to", "live", "rows", "backward", "capacity", "arena", "at", "each", "row", "block", "blocks", "image", "step", "steps", "end", "V"];

    /// <returns>What gives the call, once all stages are written.</returns>
    public Func<StageCall> Write(string name, Stage stage)
    {
        var parts = Parts(stage);
        Begin(Reserved);
        var (steps, comments) = (new CodeWriter(), new List<string>());
        foreach (var (first, length, count) in parts)
            if (count > 1) steps.Line(CodeBlock.RepeatedMark);
            else if (stage.Kind.Walk is TimeWalk.Blocks or TimeWalk.Steps) WriteStepsOfTime(stage.Kind.Time, () => WriteSteps(stage, 0, stage.Steps.Count, steps, comments));
            else WriteSteps(stage, first, length, steps, comments);
        var (head, names) = (_scope.Head.ToString(), _names);
        var repeated = parts.Where(p => p.Count > 1).Select(p => Enumerable.Range(0, p.Count).Select(i => Block(stage, p.First + i * p.Length, p.Length, names)).ToArray()).ToArray();

        var all = string.Concat(repeated.Select(r => r[0].Code.Pattern).Prepend(steps.ToString()).Prepend(head));
        var (over, run, items) = stage.Domain switch
        {
            Domain.Batch when stage.Kind.Walk == TimeWalk.Rows => ("Blocks of 16 rows of all steps", "Run", $"(frame->Rows * {AllSteps(stage.Kind.Time)} + 15) / 16"),
            Domain.Batch when stage.Kind.Walk != TimeWalk.None => ("Blocks of 16 rows of every step", "Run", $"(frame->Rows + 15) / 16 * {AllSteps(stage.Kind.Time)}"),
            Domain.Batch => ("Blocks of 16 rows", "Run", "(frame->Rows + 15) / 16"),
            Domain.Row => ("Rows", "RunRows", "frame->Rows"),
            _ => ("Shares of the outputs", "Run", "Stage.Shares"),
        };
        var work = parts.Select(p => $"{(p.Count > 1 ? $"{p.Count} times " : "")}{string.Join(", ", stage.Steps.Skip(p.First).Take(p.Length).Select(s => s.GetType().Name.ToLowerInvariant()))}");
        var use = new MethodBody($"{over}: {string.Join("; ", work)}.", new CodeBlock(Body(stage, head, steps.ToString(), all), comments), repeated);
        var method = methods.AddStage(name, use);
        return () => new StageCall(method, use, run, items);
    }

    private string Body(Stage stage, string head, string steps, string all)
    {
        var body = new CodeWriter();
        if (all.Contains("arena")) body.Line("var arena = frame->Arena;");
        if (all.Contains("backward")) body.Line("var backward = frame->Step % 2 == 1;");
        if (all.Contains("capacity")) body.Line("var capacity = (nint)frame->Capacity;");
        if (all.Contains("rows") || stage.Domain == Domain.Batch) body.Line($"var rows = frame->Rows{(stage.Kind.Walk == TimeWalk.Rows ? $" * {AllSteps(stage.Kind.Time)}" : "")};");
        if (stage.Domain == Domain.Batch && (stage.Kind.Walk is TimeWalk.Blocks or TimeWalk.Steps || all.Contains("blocks"))) body.Line("var blocks = (rows + 15) / 16;");
        if (head.Length > 0) body.Lines(head);
        if (stage.Kind.Walk is TimeWalk.Blocks or TimeWalk.Steps)
        {
            WalkSteps(stage, body, steps);
        }
        else if (stage.Domain == Domain.Batch)
        {
            var slice = BlocksPerSlice(stage);
            body.Line($"for (var from = first; from < last; from += {slice})").Open();
            body.Line($"var to = Math.Min(from + {slice}, last);").Line("var live = Math.Min(16 * to, rows) - 16 * from;");
            body.Lines(steps).Close();
        }
        else if (stage.Domain == Domain.Row)
        {
            body.Line("for (nint row = first; row < last; row++)").Open();
            body.Lines(steps).Close();
        }
        else
        {
            body.Lines(steps);
        }
        return body.ToString();
    }

    private void WriteSteps(Stage stage, int first, int length, CodeWriter code, List<string> comments)
    {
        for (var i = first; i < first + length; i++)
        {
            var step = stage.Steps[i];
            if (step is TimeLoop loop)
            {
                WriteLoop(loop, code, comments);
                continue;
            }
            if (i + 1 < first + length && stage.Domain == Domain.Batch && step is Dense one && stage.Steps[i + 1] is Dense other && AreApart(one, other))
            {
                WriteInTurns(one, other, code, comments);
                i++;
                continue;
            }
            WriteLines(step, stage.Domain switch { Domain.Batch => BatchStep(step), Domain.Row => RowStep(step), _ => OutputStep(step) }, code, comments);
        }
    }

    /// <summary>Whether two products, whose weights are met from either end in turns, can change places: neither writes what the other touches.</summary>
    private static bool AreApart(Dense one, Dense other)
    {
        return IsMetInTurns(one) && IsMetInTurns(other) && !other.Reads.Append(other.Y).Any(b => Meet(one.Y, b)) && !one.Reads.Any(b => Meet(b, other.Y));

        static bool IsMetInTurns(Dense d) => d.Outer == 1 && d.X.Storage != Storage.Lanes;

        static bool Meet(Buffer a, Buffer b) => a.Place == b.Place || (a.Space == Space.Arena && b.Space == Space.Arena && a.Batched && b.Batched && a.Pool == b.Pool && a.Offset == b.Offset);
    }

    /// <summary>Two products of one row meet first the weights that the last call met last: those are still in the cache.</summary>
    private void WriteInTurns(Dense one, Dense other, CodeWriter code, List<string> comments)
    {
        code.Line("if (!backward)").Open();
        WriteLines(one, DenseCall(one), code, comments);
        WriteLines(other, DenseCall(other), code, comments);
        code.Close().Line("else").Open();
        foreach (var line in DenseCall(other).Concat(DenseCall(one))) code.Line(line);
        code.Close();
    }

    /// <summary>Steps with locals of their own.</summary>
    private CodeBlock Block(Stage stage, int first, int length, IEnumerable<string> names)
    {
        Begin(names);
        var (steps, comments) = (new CodeWriter(), new List<string>());
        WriteSteps(stage, first, length, steps, comments);
        return new CodeBlock(_scope.Head.ToString() + steps, comments);
    }

    /// <summary>The stage's steps, in parts of which the repeated ones differ in numbers alone.</summary>
    private IReadOnlyList<Part> Parts(Stage stage)
    {
        if (stage.Steps.Count < Repetitions.Fewest || stage.Kind.Time.Count > 0 || stage.Steps.Any(s => s is TimeLoop)) return [new(0, stage.Steps.Count, 1)];
        return Repetitions.Of([.. Enumerable.Range(0, stage.Steps.Count).Select(i => Block(stage, i, 1, Reserved).Code.Pattern)], LongestPart, part =>
        {
            // Values that the steps of a part share must be shared alike in all, and something must differ.
            var blocks = Enumerable.Range(0, part.Count).Select(i => Block(stage, part.First + i * part.Length, part.Length, Reserved).Code).ToArray();
            return blocks[0].Numbers.SequenceEqual(blocks[1].Numbers) ? 1 : blocks.TakeWhile(b => b.Pattern == blocks[0].Pattern).Count();
        });
    }

    /// <summary>
    /// How much of the batch passes through all steps at a time. Images stay in the cache from step to step; products want many
    /// rows, since they stream their weights once per slice.
    /// </summary>
    private static long BlocksPerSlice(Stage stage)
    {
        var all = stage.Steps.SelectMany(s => s is TimeLoop loop ? loop.All : [s]).ToArray();
        var perRow = all.SelectMany(s => s.Reads.Concat(s.Writes)).Distinct().Where(b => b.Batched).Sum(b => (long)b.Features);
        var least = all.Any(s => s is Dense) && !all.Any(s => s is Image) ? 12 : 1;
        return Math.Max(least, Math.Min(64, SliceFloats / Math.Max(1, perRow) / 16));
    }

    // ---- Steps over the batch: blocks from … to − 1, of which `live` rows are alive ----

    protected override void WriteStep(Step step, CodeWriter code, List<string> comments) => WriteLines(step, BatchStep(step), code, comments);

    private static void WriteLines(Step step, IEnumerable<string> lines, CodeWriter code, List<string> comments)
    {
        // What a line declares comes first.
        lines = [.. lines];
        code.Line(CodeBlock.CommentMark);
        comments.Add(CodeWriter.OneLine(step.Comment));
        foreach (var line in lines) code.Line(line);
    }

    private IEnumerable<string> BatchStep(Step step)
    {
        switch (step)
        {
            case Map { Mode: MapMode.Rows } map:
                return [$"{maps.Call(map, $"{Local(map.Target)}{Sources(map.Sources)}, 16 * from, 16 * from + live{Numbers(map)}")};"];
            case Map map:
                return [$"{maps.Call(map, $"{Local(map.Target)}{Sources(map.Sources)}, from, to{Numbers(map)}")};"];
            case MapGroup group:
                return [$"{maps.Call(group, $"{string.Join(", ", group.Targets.Concat(group.Sources).Select(b => Local(b)))}, 16 * from, 16 * from + live{Numbers([.. group.Parts])}")};"];
            case Product product:
                return [$"{maps.Call(product, $"{Local(product.Target)}{Sources(product.Reads.Distinct())}, from, to")};"];
            case FirstMax max:
                return [$"{maps.Call(max, $"{Local(max.Target)}, {Local(max.X)}, from, to")};"];
            case Dense dense:
                return DenseCall(dense);
            case Image image:
                return ImageCall(image);
            case Draw draw:
                return draw.Target.Storage == Storage.Lanes
                    ? [$"for (nint block = from; block < to; block++) Philox.Fill{draw.Distribution}Lanes<V>({At(draw.Target, "block")}, {draw.Target.Features}, frame->Seed, {StreamOf(draw.Stream)}u, frame->Step, frame->FirstSample + 16 * (ulong)block{OfStep(draw)});"]
                    : [$"for (nint row = 16 * from; row < 16 * from + live; row++) Philox.{FillRows(draw)}({Local(draw.Target)} + row * {draw.Target.RowStride}, {draw.Target.Features}, frame->Seed, {StreamOf(draw.Stream)}u, frame->Step, frame->FirstSample + (ulong)row{OfStep(draw)});"];
            case ReadInput { Time.Count: > 0 } read:
                return [ReadStep(read)];
            case ReadInput read:
                return [ReadCall(read)];
            case ReadLengths or MoveSteps or MoveAxis or FoldTime or PickRows or CtcStep:
                return [TimeStep(step)];
            case WriteOutput { Time.Count: > 0 } write:
                return [WriteStep(write)];
            case Move move:
                return [MoveCall(move.From, move.Target)];
            case WriteOutput { Integers: true } write:
                return [$"for (nint block = from; block < to; block++) Layouts.WriteLabels({At(write.From, "block")}, {write.From.Features}, Math.Min(16, rows - 16 * (int)block), {Local(write.Target, "int*")} + block * {16 * write.From.Features});"];
            case WriteOutput write:
                return [MoveCall(write.From, write.Target)];
            default:
                throw new InvalidOperationException($"{step.GetType().Name} does not run over the batch");
        }
    }

    private static string FillRows(Draw draw) => draw.Distribution == Distribution.Normal ? "FillNormalRows<V>" : "FillUniformRows";

    private string[] DenseCall(Dense d)
    {
        var y = $"{Local(d.Y)} + (nint)from * {16 * d.Y.RowStride}";
        var w = Local(d.W);
        if (d.X.Storage == Storage.Lanes)
            return [$"for (nint block = from; block < to; block++) DenseTiles.Multiply<V>({At(d.X, "block")}, 1, 16, {w}, {Local(d.Y)} + block * {16 * d.Y.RowStride}, {d.Y.RowStride}, Math.Min(16, rows - 16 * (int)block), {d.K}, {d.M}{Epilogue(d).Replace("(nint)from", "block")});"];
        var x = $"{Local(d.X)} + (nint)from * {16 * d.X.RowStride}";
        return d.Outer == 1
            ? [$"DenseTiles.Multiply<V>({x}, {d.X.RowStride}, 1, {w}, {y}, {d.Y.RowStride}, live, {d.K}, {d.M}{Epilogue(d)}, backward: backward);"]
            : [$"DenseTiles.Multiply<V>({x}, {d.K}, 1, {w}, {y}, {d.M}, {d.Outer} * live, {d.K}, {d.M});"];
    }

    private string Epilogue(Dense d) => d.Added is { } added ? $", added: {Local(added)} + (nint)from * {16 * added.RowStride}, addedRow: {added.RowStride}" : d.Bias is null ? "" : $", {Local(d.Bias)}{(d.Relu ? ", relu: true" : "")}";

    private string[] ImageCall(Image image)
    {
        if (image.Target.Storage == Storage.Rows)
            return [$"for (nint row = 16 * from; row < 16 * from + live; row++) ImageTiles.ConvolveRows<V>({Row(image.A)}, {Local(image.B!)}, {Row(image.Target)}, {shapes.Add(image.Shape)});"];
        var s = image.Shape;
        int inputs = s.Channels * s.Height * s.Width, outputs = s.OutChannels * s.OutHeight * s.OutWidth;
        var shape = shapes.Add(s);
        string Per(Buffer buffer, int image1) => At(buffer, "block") + (image.Leading > 1 ? $" + image * {16 * image1}" : "");
        var arguments = image.Kernel switch
        {
            ImageKernel.Convolve => $"{Per(image.A, inputs)}, {Local(image.B!)}, {Per(image.Target, outputs)}",
            ImageKernel.DataGradient => $"{Per(image.A, outputs)}, {Local(image.B!)}, {Per(image.Target, inputs)}",
            ImageKernel.MaxPool or ImageKernel.AveragePool => $"{Per(image.A, inputs)}, {Per(image.Target, outputs)}",
            ImageKernel.MaxPoolGradient => $"{Per(image.A, inputs)}, {Per(image.B!, outputs)}, {Per(image.Target, inputs)}",
            ImageKernel.MaxPoolGather => $"{Per(image.A, inputs)}, {Per(image.B!, inputs)}, {Per(image.Target, outputs)}",
            _ => $"{Per(image.A, outputs)}, {Per(image.Target, inputs)}",
        };
        return [$"for (nint block = from; block < to; block++){(image.Leading > 1 ? $" for (nint image = 0; image < {image.Leading}; image++)" : "")} ImageTiles.{image.Kernel}<V>({arguments}, {shape});"];
    }

    private string ReadCall(ReadInput read)
    {
        var f = read.Target.Features;
        if (read.Input.Kind == InputKind.Labels && read.Target.Storage == Storage.Rows)
            return $"TimeSteps.ReadRows({Local(read.From, "int*")}, {f}, 1, null, 0, 16 * from, live, {Local(read.Target)} + (nint)from * {16 * read.Target.RowStride}, {read.Target.RowStride});";
        if (read.Input.Kind == InputKind.Labels)
            return $"for (nint block = from; block < to; block++) Layouts.ReadLabels({Local(read.From, "int*")} + block * {16 * f}, {f}, Math.Min(16, rows - 16 * (int)block), {At(read.Target, "block")});";
        var bytes = Local(read.From, "byte*");
        var numbers = $"{ScalarText.Number(read.Input.Mean)}, {ScalarText.Number(read.Input.Scale)}";
        return read.Target.Storage == Storage.Lanes
            ? $"for (nint block = from; block < to; block++) Layouts.BytesToLanes({bytes} + block * {16 * f}, {f}, Math.Min(16, rows - 16 * (int)block), {f}, {numbers}, {At(read.Target, "block")});"
            : $"Layouts.BytesToRows({bytes} + (nint)from * {16 * f}, {f}, live, {f}, {numbers}, {Local(read.Target)} + (nint)from * {16 * read.Target.RowStride}, {read.Target.RowStride});";
    }

    private string MoveCall(Buffer from, Buffer to) => (from.Storage, to.Storage) switch
    {
        (Storage.Lanes, Storage.Lanes) => $"Layouts.Copy({Local(from)} + (nint)from * {16 * from.Features}, {Local(to)} + (nint)from * {16 * to.Features}, (nint)(to - from) * {16 * from.Features});",
        (Storage.Lanes, Storage.Channels) => $"for (nint block = from; block < to; block++) Layouts.LanesToChannels({At(from, "block")}, {to.K}, {to.M}, {Local(to)} + block * {16 * to.RowStride}, {to.RowStride}, Math.Min(16, rows - 16 * (int)block));",
        (Storage.Channels, Storage.Lanes) => $"for (nint block = from; block < to; block++) Layouts.ChannelsToLanes({Local(from)} + block * {16 * from.RowStride}, {from.RowStride}, {from.K}, {from.M}, Math.Min(16, rows - 16 * (int)block), {At(to, "block")});",
        (Storage.Lanes, _) => $"for (nint block = from; block < to; block++) Layouts.LanesToRows({At(from, "block")}, {from.Features}, {Local(to)} + block * {16 * to.RowStride}, {to.RowStride}, Math.Min(16, rows - 16 * (int)block));",
        (_, Storage.Lanes) => $"for (nint block = from; block < to; block++) Layouts.RowsToLanes({Local(from)} + block * {16 * from.RowStride}, {from.RowStride}, Math.Min(16, rows - 16 * (int)block), {from.Features}, {At(to, "block")});",
        _ => $"Layouts.RowsToRows({Local(from)} + (nint)from * {16 * from.RowStride}, {from.RowStride}, {Local(to)} + (nint)from * {16 * to.RowStride}, {to.RowStride}, live, {from.Features});",
    };

    // ---- Steps over rows: one at a time ----

    private IEnumerable<string> RowStep(Step step)
    {
        switch (step)
        {
            case Map map:
                return [$"{maps.Call(map, $"{Local(map.Target)}{Sources(map.Sources)}, (int)row, (int)row + 1{(MapKernel.UsesRows(map) ? ", frame->Rows" : "")}")};"];
            case Image { Winograd: > 0 } image:
                return [$"WinogradTiles.Convolve<V>({Row(image.A)}, {Local(image.B!)}, {Row(image.Target)}{From(image)}, {shapes.Add(image.Shape)}, {image.Winograd}{Epilogue(image, Row)});"];
            case Image image:
                var arguments = string.Concat(new[] { image.A, image.B, image.Target }.OfType<Buffer>().Select(b => (b.Batched ? Row(b) : Local(b)) + (b == image.Target ? From(image) : "") + ", "));
                return [$"ChannelTiles.{image.Kernel}<V>({arguments}{shapes.Add(image.Shape)}{Epilogue(image, Row)}{Planes(image.A)});"];
            case Move move:
                return [RowMove(move.From, move.Target)];
            default:
                throw new InvalidOperationException($"{step.GetType().Name} does not run over rows");
        }
    }

    /// <summary>Where a convolution's first channel lies in a concatenation.</summary>
    private static string From(Image image) => image.FirstChannel == 0 ? "" : $" + {image.FirstChannel}";

    private string Epilogue(Image image, Func<Buffer, string> place) => image.Epilogue is not { } e ? ""
        : (image.Target.K == image.Shape.OutChannels ? "" : $", yPixel: {Sizes.Pixel(image.Target.K)}") + (e.Scale is null ? "" : $", scale: {Local(e.Scale)}") + (e.Shift is null ? "" : $", shift: {Local(e.Shift)}") + (e.Residual is null ? "" : $", residual: {place(e.Residual)}") + (e.Relu ? ", relu: true" : "");

    /// <summary>An image that is read in planes, as an input of few channels lies.</summary>
    private static string Planes(Buffer image) => image.Storage == Storage.Channels ? "" : ", planes: true";

    private string RowMove(Buffer from, Buffer to) => from.Storage == Storage.Channels
        ? $"Layouts.ChannelsToRow({Row(from)}, {from.K}, {from.M}, {Row(to)});"
        : $"Layouts.RowToChannels({Row(from)}, {to.K}, {to.M}, {Row(to)});";

    // ---- Steps over outputs: shares first … last − 1 of 64 ----

    private IEnumerable<string> OutputStep(Step step)
    {
        switch (step)
        {
            case Map { Mode: MapMode.Flat } map:
                string Call(string share) => maps.Call(map, $"{Local(map.Target)}{Sources(map.Sources)}, {share}{(MapKernel.UsesRows(map) ? ", rows" : "")}");
                return map.Target.Storage == Storage.Panels && map.Target.M % 16 != 0
                    ? ["if (first == 0)", "{", $"    {Call($"0, {map.Target.Floats / 16}")};", $"    Sums.ClearPads({Local(map.Target)}, {map.Target.K}, {map.Target.M});", "}"]
                    : [$"{Call(Part(map.Target.Floats / 16))};"];
            case Map { Mode: MapMode.Total } map:
                return [$"if (first == 0) {maps.Call(map, $"{Local(map.Target)}{Sources(map.Sources)}{(MapKernel.UsesRows(map) ? ", rows" : "")}")};"];
            case Map map:
                return [Scalars(map, map.Target, map.Sources, map.Loops, MapKernel.UsesRows(map) ? ", rows" : "")];
            case Product product:
                return [Scalars(product, product.Target, product.Reads.Distinct(), product.Loops, "")];
            case FirstMax max:
                return [Scalars(max, max.Target, [max.X], max.Loops, "")];
            case DenseWeightGradient g:
                return [WeightGradientCall(g)];
            case Image { Winograd: > 0 } image:
                var tiles = $"WinogradTiles.Items({shapes.Add(image.Shape)}, {image.Winograd}, rows)";
                return [$"WinogradTiles.Convolve<V>({Local(image.A)}, {image.A.RowStride}, {Local(image.B!)}, {Local(image.Target)}{From(image)}, {image.Target.RowStride}, rows, {shapes.Add(image.Shape)}, {image.Winograd}, {Part(tiles)}{Epilogue(image, b => Local(b))});"];
            case WinogradKernel k:
                return [$"WinogradTiles.Kernel<V>({Local(k.W)}, {Local(k.Target)}, {k.Inputs}, {k.Outputs}, {k.Size}, flipped: {(k.Flipped ? "true" : "false")}, {Part($"WinogradTiles.KernelItems({k.Inputs}, {k.Outputs})")});"];
            case WinogradGradient g:
                return [$"WinogradTiles.Gradient<V>({Local(g.X)}, {g.X.RowStride}, {Local(g.Dy)}, {g.Dy.RowStride}, rows, {Local(g.Sums)}, {shapes.Add(g.Shape)}, {g.Size}, {g.Groups}, {Part($"WinogradTiles.GradientItems({shapes.Add(g.Shape)}, {g.Groups})")});"];
            case WinogradGradientJoin g:
                return [$"WinogradTiles.JoinGradient<V>({Local(g.Sums)}, {Local(g.Dw)}, {g.Shape.Channels}, {g.Shape.OutChannels}, {g.Size}, {g.Groups}, {Part($"WinogradTiles.KernelItems({g.Shape.Channels}, {g.Shape.OutChannels})")});"];
            case Image image:
                var items = $"ChannelTiles.{image.Kernel}Items({shapes.Add(image.Shape)}, rows)";
                return [$"ChannelTiles.{image.Kernel}<V>({Local(image.A)}, {image.A.RowStride}, {Local(image.B!)}, {Local(image.Target)}{From(image)}, {image.Target.RowStride}, rows, {shapes.Add(image.Shape)}, {Part(items)}{Epilogue(image, b => Local(b))}{Planes(image.A)});"];
            case ImageWeightGradient { Dy.Storage: Storage.Channels } g:
                return [$"ChannelTiles.WeightGradient<V>({Local(g.X)}, {g.X.RowStride}, {Local(g.Dy)}, {g.Dy.RowStride}, rows, {Local(g.Dw)}, {shapes.Add(g.Shape)}, {Part($"ChannelTiles.WeightGradientItems({shapes.Add(g.Shape)})")}{Planes(g.X)});"];
            case AddRows a:
                return [$"Sums.AddRows<V>({Local(a.X)}, {a.X.RowStride}, {Local(a.Labels)}, {a.Labels.RowStride}, {RowsOf(a.X)}, {Local(a.Target)}, {a.Rows}, {a.X.Features}, {Part(Sizes.Round16(a.X.Features) / 16)});"];
            case ImageWeightGradient g:
                var shape = shapes.Add(g.Shape);
                var blocks = "(rows + 15) / 16" + (g.X.Time.Count == 0 ? "" : $" * {AllSteps(g.X.Time)}");
                return [
                    (g.X.Time.Count == 0 ? "" : $"for (nint step = 0; step < {AllSteps(g.X.Time)}; step++) ") + $"Layouts.ClearDeadLanes({Local(g.Dy)}{(g.X.Time.Count == 0 ? "" : $" + step * ((rows + 15) / 16) * {16 * g.Dy.Features}")}, {g.Dy.Features}, rows);",
                    $"ImageTiles.WeightGradient<V>({Local(g.X)}, {16 * g.X.Features / g.Leading}, {Local(g.Dy)}, {16 * g.Dy.Features / g.Leading}, {blocks}{(g.Leading > 1 ? $" * {g.Leading}" : "")}, {Local(g.Dw)}, {shape}, {Part($"ImageTiles.WeightGradientItems({shape})")});",
                ];
            case TransposePanels t:
                return [$"DenseTiles.TransposePanels({Local(t.From)}, {Local(t.Target)}, {t.From.K}, {t.From.M}, {Part($"DenseTiles.TransposePanelsItems({t.From.K})")});"];
            case TransposeKernel t:
                return [$"if (first == 0) ImageTiles.TransposeKernel({Local(t.W)}, {Local(t.Target)}, {shapes.Add(t.Shape)});"];
            case SumOverBatch { X.Storage: Storage.Lanes } s:
                return [$"Sums.OfLanes<V>({Local(s.X)}, {s.X.Features}, rows, {Local(s.Target)}, {Part(s.X.Features)});"];
            case SumOverBatch s:
                return [$"Sums.OfRows<V>({Local(s.X)}, {s.X.RowStride}, {s.X.Features}, {RowsOf(s.X)}, {Local(s.Target)}, {Part(Sizes.Round16(s.X.Features) / 16)});"];
            case Draw draw:
                return [$"if (first == 0) Philox.{FillRows(draw)}({Local(draw.Target)}, {draw.Target.Features}, frame->Seed, {StreamOf(draw.Stream)}u, frame->Step, ulong.MaxValue);"];
            case Move move:
                return [$"if (first == 0) {PlainMove(move)}"];
            case WriteOutput write:
                return [write.Integers
                    ? $"if (first == 0) Layouts.WriteLabels({Local(write.From)}, {Local(write.Target, "int*")}, {write.From.Features});"
                    : $"if (first == 0) Layouts.Copy({Local(write.From)}, {Local(write.Target)}, {write.From.Features});"];
            default:
                throw new InvalidOperationException($"{step.GetType().Name} does not run over outputs");
        }
    }

    private string WeightGradientCall(DenseWeightGradient g)
    {
        var factors = g.Factors.Select(f =>
        {
            var (block, row, column) = f.X.Storage == Storage.Lanes ? (16 * f.X.Features, 1, 16) : (16 * f.X.RowStride, f.X.RowStride, 1);
            return $"new({Local(f.X)}, {block}, {row}, {column}, {Local(f.Dw)}, {f.Dw.K})";
        });
        var items = string.Join(" + ", g.Factors.Select(f => $"DenseTiles.WeightGradientItems({f.Dw.K}, {f.Dw.M})"));
        var bias = g.Bias is null ? "" : $", bias: {Local(g.Bias)}";
        return $"DenseTiles.WeightGradient<V>([{string.Join(", ", factors)}], {Local(g.Dy)}, {g.Dy.RowStride}, {RowsOf(g.Dy)}, {g.Factors[0].Dw.M}, {Part(items)}{bias});";
    }

    private string Scalars(Step step, Buffer target, IEnumerable<Buffer> sources, EquatableArray<Loop> loops, string rows) =>
        loops.Count == 0 ? $"if (first == 0) {maps.Call(step, $"{Local(target)}{Sources(sources)}, 0, 1{rows}")};"
            : $"{maps.Call(step, $"{Local(target)}{Sources(sources)}, {Part(loops[0].Extent)}{rows}")};";

    private string PlainMove(Move move)
    {
        var (from, to) = (Local(move.From), Local(move.Target));
        return (move.From.Storage, move.Target.Storage) switch
        {
            (Storage.Panels, Storage.Flat) when move.Convolution is { } c => $"Layouts.PanelsToKernel({from}, {to}, {move.From.M}, {c.Channels}, {c.Height * c.Width});",
            (Storage.Flat, Storage.Panels) when move.Convolution is { } c => $"Layouts.KernelToPanels({from}, {to}, {move.Target.M}, {c.Channels}, {c.Height * c.Width});",
            (Storage.Panels, Storage.Flat) => $"Layouts.PanelsToFlat({from}, {to}, {move.From.K}, {move.From.M}, transposed: false);",
            (Storage.Flat, Storage.Panels) => $"Layouts.FlatToPanels({from}, {to}, {move.Target.K}, {move.Target.M}, transposed: {(move.Transposed ? "true" : "false")});",
            _ => $"Layouts.Copy({from}, {to}, {move.From.Floats});",
        };
    }

    private static string Part(int items) => Part(items.ToString(CultureInfo.InvariantCulture));

    private static string Part(string items) => $"Stage.Part(first, {items}), Stage.Part(last, {items})";


    // ---- Addresses ----

    private string Sources(IEnumerable<Buffer> sources) => string.Concat(sources.Select(s => ", " + Local(s)));

    /// <summary>Block number <paramref name="block"/> of a value in Lanes.</summary>
    private string At(Buffer buffer, string block) => $"{Local(buffer)} + {block} * {16 * buffer.Features}";

    /// <summary>The row that is worked on.</summary>
    private string Row(Buffer buffer) => $"{Local(buffer)} + row * {buffer.RowStride}";
}

/// <summary>The image shapes of a network's kernels, each written once.</summary>
internal sealed class ShapePool
{
    /// <summary>The array of them.</summary>
    public const string Name = "Shapes";

    private readonly Dictionary<ImageShape, int> _numbers = [];
    private readonly List<ImageShape> _all = [];

    public IReadOnlyList<ImageShape> All => _all;

    public string Add(ImageShape shape)
    {
        if (!_numbers.TryGetValue(shape, out var number))
        {
            _numbers.Add(shape, number = _all.Count);
            _all.Add(shape);
        }
        return $"{Name}[{number}]";
    }
}
