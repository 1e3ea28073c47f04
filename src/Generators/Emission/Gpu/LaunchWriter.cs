using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Gpu;

/// <summary>
/// Writes the program of a device: a kernel for each step, in the order of the CPU's stages, over values at the same places. A step serves all rows before the next one begins, but for short ones: see <see cref="EndRun"/>.
/// </summary>
internal sealed partial class LaunchWriter(DeviceKernels kernels, DeviceMaps maps, ShapePool shapes, Precision precision, MemorySizes sizes, EquatableArray<TimeAxis> axes) : StepWriter(sizes, axes)
{
    private static readonly string[] Reserved = ["frame", "device", "rows", "capacity", "arena", "blocks", "step", "steps"];

    public void Write(Stage stage, CodeWriter code)
    {
        Begin(Reserved);
        var (steps, walk) = (new CodeWriter(), stage.Kind.Walk);
        var isWalked = walk is TimeWalk.Blocks or TimeWalk.Steps;
        if (isWalked) WriteStepsOfTime(stage.Kind.Time, () => WriteSteps(stage, steps));
        else WriteSteps(stage, steps);
        var head = _scope.Head.ToString();
        var all = head + steps + Walked?.Head;
        code.Open();
        if (all.Contains("arena")) code.Line("var arena = frame->Arena;");
        if (all.Contains("capacity")) code.Line("var capacity = (nint)frame->Capacity;");
        var needsBlocks = isWalked || all.Contains("blocks");
        if (needsBlocks || all.Contains("rows")) code.Line($"var rows = frame->Rows{(walk == TimeWalk.Rows ? $" * {AllSteps(stage.Kind.Time)}" : "")};");
        if (needsBlocks) code.Line("var blocks = (rows + 15) / 16;");
        if (head.Length > 0) code.Lines(head);
        if (isWalked)
        {
            code.Line($"nint steps = {AllSteps(stage.Kind.Time)};");
            // Where the rows of a step fill its blocks, those of all steps are like rows of one.
            if (walk == TimeWalk.Blocks) code.Line("if (rows % 16 == 0) (rows, blocks, steps) = (rows * (int)steps, blocks * (int)steps, 1);");
            code.Open("for (nint step = 0; step < steps; step++)");
            if (Walked!.Head.ToString() is { Length: > 0 } inner) code.Lines(inner);
            code.Lines(steps.ToString()).Close();
        }
        else
        {
            code.Lines(steps.ToString());
        }
        code.Close();
    }

    private void WriteSteps(Stage stage, CodeWriter code)
    {
        foreach (var step in stage.Steps)
            if (step is TimeLoop loop) WriteLoop(loop, code, []);
            else WriteStep(step, code, []);
        EndRun(code);
    }

    /// <summary>A launch of a kernel that calls a function of Kiln.Gpu.Kernels.</summary>
    /// <param name="step">What it is for.</param>
    /// <param name="call">The function's call; an argument "rows" is the number of that name.</param>
    /// <param name="threads">As many as it needs.</param>
    /// <param name="views">What it works on.</param>
    /// <param name="numbers">Names of run-time numbers that the call mentions, and their values on the host.</param>
    private StepLaunch Launch(Step step, string call, string threads, IReadOnlyList<View> views, params (string Name, string Value)[] numbers)
    {
        var parameters = string.Join(", ", views.Select(v => $"ArrayView<{v.Type}> {v.Name}").Concat(numbers.Select(n => $"int {n.Name}")));
        return new(new StepBody(MapKernel.NameOf(step.Writes[0]), step.Comment, parameters, call), threads, views, [.. numbers.Select(n => n.Value)]);
    }

    /// <summary>A launch of a kernel that was written for the step.</summary>
    private StepLaunch LaunchMap(Step step, string items)
    {
        var map = maps.Of(step);
        var numbers = new List<string> { items };
        if (map.UsesRows) numbers.Add("frame->Rows");
        numbers.AddRange(map.Steps.Select(axis => _index[axis]));
        return new(map.Body, map.PerItem == 1 ? items : $"(long){items} * {map.PerItem}", [.. map.Views.Select(v => new View("", Local(v)))], numbers)
        {
            IsBatched = items != "1",
            Few = step is Map { Mode: MapMode.Total } ? null : items == "rows" ? 16 * map.PerItem : map.PerItem,
        };
    }

    private View In(string name, Buffer buffer, string type = "float") => new(name, Local(buffer, type + "*"), type);

    // ---- Steps over the batch ----

    private IEnumerable<StepLaunch> BatchStep(Step step)
    {
        switch (step)
        {
            case Map { Mode: MapMode.Lanes } or FirstMax or Product:
                return [LaunchMap(step, "blocks")];
            case Map or MapGroup:
                return [LaunchMap(step, "rows")];
            case Dense dense:
                return [DenseLaunch(dense)];
            case Image image:
                return ImageLaunch(image);
            case Draw draw:
                return [DrawLaunch(draw)];
            case ReadInput read:
                return [read.Time.Count > 0 ? ReadStep(read) : Read(read)];
            case WriteOutput write:
                return [write.Time.Count > 0 ? WriteStepOut(write) : Write(write)];
            case Move move:
                return [MoveLaunch(move)];
            default:
                return [TimeStep(step)];
        }
    }

    /// <summary>Floats between blocks of 16 samples, between samples, between columns.</summary>
    private static string RowsOf(Buffer x, bool isLanes) => isLanes ? $"{16 * x.Features}, 1, 16" : $"{16 * x.RowStride}, {x.RowStride}, 1";

    private StepLaunch DenseLaunch(Dense d)
    {
        var (rows, places) = d.Outer == 1 ? ("rows", $"{RowsOf(d.X, d.X.Storage == Storage.Lanes)}, {d.Y.RowStride}") : ($"{d.Outer} * rows", $"{16 * d.K}, {d.K}, 1, {d.M}");
        var sizes = $"{places}, rows, {d.K}, {d.M}";
        var threads = $"DeviceWork.Dense({rows}, {d.K}, {d.M})";
        View[] operands = [In("x", d.X), In("w", d.W)];
        if (d.Added is { } added) return Launch(d, $"DenseTiles.MultiplyAdded<{precision}>(x, w, added, y, {sizes}, {added.RowStride})", threads, [.. operands, In("added", added), In("y", d.Y)], ("rows", rows));
        if (d.Bias is { } bias) return Launch(d, $"DenseTiles.MultiplyBias<{precision}>(x, w, bias, y, {sizes}, {Bool(d.Relu)})", threads, [.. operands, In("bias", bias), In("y", d.Y)], ("rows", rows));
        return Launch(d, $"DenseTiles.Multiply<{precision}>(x, w, y, {sizes})", threads, [.. operands, In("y", d.Y)], ("rows", rows));
    }

    private static string Bool(bool value) => value ? "true" : "false";

    // ---- Images ----

    private static string Places(Buffer buffer, int channels, int pixels) => buffer.Storage switch
    {
        Storage.Lanes => $"ImagePlaces.Lanes({channels}, {pixels})",
        Storage.Channels => $"ImagePlaces.Channels({buffer.RowStride}, {Sizes.Pixel(buffer.K)})",
        _ => $"ImagePlaces.Planes({buffer.RowStride}, {pixels})",
    };

    /// <summary>Samples that an image's kernel counts: in Lanes all lanes, and each of several images of a sample.</summary>
    private static (string Number, string Text) Samples(Buffer buffer, int leading) => buffer.Storage == Storage.Lanes ? ("samples", $"blocks * {16 * leading}") : ("samples", "rows");

    private IEnumerable<StepLaunch> ImageLaunch(Image image)
    {
        var s = image.Shape;
        var (shape, host) = ($"new ImageShape({ShapeText(s)})", shapes.Add(s));
        var (xAt, yAt) = (Places(image.Kernel is ImageKernel.DataGradient or ImageKernel.MaxPoolGradient or ImageKernel.AveragePoolGradient ? image.Target : image.A, s.Channels, s.Height * s.Width),
            Places(image.Kernel is ImageKernel.DataGradient or ImageKernel.AveragePoolGradient ? image.A : image.Kernel == ImageKernel.MaxPoolGradient ? image.B! : image.Target, s.OutChannels, s.OutHeight * s.OutWidth));
        var samples = Samples(image.Target, image.Leading);
        var target = new View("y", Local(image.Target) + (image.FirstChannel == 0 ? "" : $" + {image.FirstChannel}"));
        var x = In("x", image.A);
        var (extra, names, flags) = EpilogueOf(image);
        var inChannels = Bool(image.InChannels);
        if (image.Winograd > 0)
        {
            var call = $"WinogradTiles.Convolve(x, w, y, {names}, {image.A.RowStride}, {image.Target.RowStride}, {Sizes.Pixel(image.Target.K)}, {shape}, {image.Winograd}, samples, {flags})";
            return [Launch(image, call, $"DeviceWork.Winograd({host}, {image.Winograd}, {samples.Text})", [x, In("w", image.B!), target, .. extra], samples)];
        }
        return [image.Kernel switch
        {
            ImageKernel.Convolve when image.Epilogue is null => Launch(image, $"ImageTiles.Convolve<{precision}>(x, w, y, {xAt}, {yAt}, {shape}, samples)", $"DeviceWork.Convolve({host}, {samples.Text}, {inChannels})", [x, In("w", image.B!), target], samples),
            ImageKernel.Convolve => Launch(image, $"ImageTiles.ConvolveFused<{precision}>(x, w, y, {names}, {xAt}, {yAt}, {shape}, samples, {flags})", $"DeviceWork.Convolve({host}, {samples.Text}, {inChannels})", [x, In("w", image.B!), target, .. extra], samples),
            ImageKernel.DataGradient => Launch(image, $"ImageTiles.DataGradient<{precision}>(x, w, y, {yAt}, {xAt}, {shape}, samples)", $"DeviceWork.DataGradient({host}, {samples.Text}, {inChannels})", [x, In("w", image.B!), target], samples),
            ImageKernel.MaxPool or ImageKernel.AveragePool => Launch(image, $"ImageTiles.{image.Kernel}(x, y, {xAt}, {yAt}, {shape}, samples)", $"DeviceWork.Pool({host}, {samples.Text}, {inChannels})", [x, target], samples),
            ImageKernel.MaxPoolGather => Launch(image, $"ImageTiles.MaxPoolGather(x, v, y, {xAt}, {yAt}, {shape}, samples)", $"DeviceWork.Pool({host}, {samples.Text}, {inChannels})", [x, In("v", image.B!), target], samples),
            ImageKernel.MaxPoolGradient => Launch(image, $"ImageTiles.MaxPoolGradient(x, dy, y, {xAt}, {yAt}, {shape}, samples)", $"DeviceWork.PoolGradient({host}, {samples.Text}, {inChannels})", [x, In("dy", image.B!), target], samples),
            _ => Launch(image, $"ImageTiles.AveragePoolGradient(x, y, {xAt}, {yAt}, {shape}, samples)", $"DeviceWork.PoolGradient({host}, {samples.Text}, {inChannels})", [x, target], samples),
        }];
    }

    /// <summary>An epilogue's views, their names in the call (y stands for those that are not there), and which there are.</summary>
    private (View[] Views, string Names, string Flags) EpilogueOf(Image image)
    {
        var e = image.Epilogue;
        var views = new List<View>();
        string Name(string name, Buffer? buffer)
        {
            if (buffer is null) return "y";
            views.Add(In(name, buffer));
            return name;
        }
        var names = $"{Name("scale", e?.Scale)}, {Name("shift", e?.Shift)}, {Name("residual", e?.Residual)}";
        return ([.. views], names, $"{Bool(e?.Scale is not null)}, {Bool(e?.Shift is not null)}, {Bool(e?.Residual is not null)}, {Bool(e?.Relu == true)}");
    }

    public static string ShapeText(ImageShape s) =>
        $"{s.Channels}, {s.Height}, {s.Width}, {s.OutChannels}, {s.OutHeight}, {s.OutWidth}, {s.KernelHeight}, {s.KernelWidth}, {s.StrideY}, {s.StrideX}, {s.Top}, {s.Left}, {s.DilationY}, {s.DilationX}, {s.Groups}, {s.Bottom}, {s.Right}, PoolDivisor.{s.Divisor}";

    // ---- Draws, inputs, outputs, moves ----

    private StepLaunch DrawLaunch(Draw draw)
    {
        View[] views = [In("target", draw.Target), new("call", "frame->Numbers", "int")];
        var time = draw.Target.Time.Count == 0 ? "0" : $"{Index(draw.Target.Time)} + 1";
        var (f, stream) = (draw.Target.Features, $"{StreamOf(draw.Stream)}u");
        if (!draw.Target.Batched) return Launch(draw, $"Philox.Fill{draw.Distribution}Flat(thread, target, call, {f}, {stream})", $"DeviceWork.DrawRows(1, {f})", views);
        return draw.Target.Storage == Storage.Lanes
            ? Launch(draw, $"Philox.Fill{draw.Distribution}Lanes(thread, target, call, {f}, {stream}, rows, time)", $"DeviceWork.DrawLanes(rows, {f})", views, ("rows", "rows"), ("time", time)) with { IsBatched = true, Few = 16 * ((f + 3) / 4) }
            : Launch(draw, $"Philox.Fill{draw.Distribution}Rows(thread, target, call, {f}, {draw.Target.RowStride}, {stream}, rows, time)", $"DeviceWork.DrawRows(rows, {f})", views, ("rows", "rows"), ("time", time)) with { IsBatched = true, Few = 16 * ((f + 3) / 4) };
    }

    private StepLaunch Read(ReadInput read)
    {
        var (f, stride, isLanes) = (read.Target.Features, read.Target.RowStride, read.Target.Storage == Storage.Lanes);
        if (read.Input.Kind == InputKind.Labels)
            return isLanes ? Launch(read, $"Layouts.ReadLabels(thread, x, y, {f}, rows)", $"DeviceWork.Lanes(rows, {f})", [In("x", read.From, "int"), In("y", read.Target)], ("rows", "rows")) with { IsBatched = true, Few = 16 * f }
                : Launch(read, $"Layouts.LabelsToRows(thread, x, y, {f}, {stride}, rows)", $"(long)rows * {stride}", [In("x", read.From, "int"), In("y", read.Target)], ("rows", "rows")) with { IsBatched = true, Few = 16 * stride };
        var numbers = $"{ScalarText.Number(read.Input.Mean)}, {ScalarText.Number(read.Input.Scale)}";
        return isLanes ? Launch(read, $"Layouts.BytesToLanes(thread, x, y, {f}, rows, {numbers})", $"DeviceWork.Lanes(rows, {f})", [In("x", read.From, "byte"), In("y", read.Target)], ("rows", "rows")) with { IsBatched = true, Few = 16 * f }
            : Launch(read, $"Layouts.BytesToRows(thread, x, y, {f}, {stride}, rows, {numbers})", $"(long)rows * {f}", [In("x", read.From, "byte"), In("y", read.Target)], ("rows", "rows")) with { IsBatched = true, Few = 16 * f };
    }

    private StepLaunch Write(WriteOutput write) => !write.Integers ? MoveRows(write, write.From, write.Target)
        : Launch(write, $"Layouts.WriteLabels(thread, x, y, {write.From.Features}, rows)", $"(long)rows * {write.From.Features}", [In("x", write.From), In("y", write.Target, "int")], ("rows", "rows")) with { IsBatched = true, Few = 16 * write.From.Features };

    private StepLaunch MoveLaunch(Move move) => MoveRows(move, move.From, move.Target);

    private StepLaunch MoveRows(Step step, Buffer from, Buffer to)
    {
        View[] views = [In("x", from), In("y", to)];
        var rows = ("rows", "rows");
        var launch = (from.Storage, to.Storage) switch
        {
            (Storage.Lanes, Storage.Lanes) => Launch(step, "Layouts.Copy(thread, x, y, floats)", $"(long)blocks * {16 * from.Features}", views, ("floats", $"blocks * {16 * from.Features}")),
            (Storage.Lanes, Storage.Channels) => Launch(step, $"Layouts.LanesToChannels(thread, x, y, {to.K}, {to.M}, {to.RowStride}, rows)", $"DeviceWork.Channels(rows, {to.K}, {to.M})", views, rows),
            (Storage.Channels, Storage.Lanes) => Launch(step, $"Layouts.ChannelsToLanes(thread, x, y, {from.K}, {from.M}, {from.RowStride}, rows)", $"DeviceWork.Lanes(rows, {from.K * from.M})", views, rows),
            (Storage.Lanes, _) => Launch(step, $"Layouts.LanesToRows(thread, x, y, {to.RowStride}, {from.Features}, rows)", $"(long)rows * {from.Features}", views, rows),
            (_, Storage.Lanes) => Launch(step, $"Layouts.RowsToLanes(thread, x, y, {from.RowStride}, {from.Features}, rows)", $"DeviceWork.Lanes(rows, {from.Features})", views, rows),
            (Storage.Channels, _) => Launch(step, $"Layouts.ChannelsToRows(thread, x, y, {from.K}, {from.M}, {from.RowStride}, {to.RowStride}, rows)", $"(long)rows * {from.K * from.M}", views, rows),
            (_, Storage.Channels) => Launch(step, $"Layouts.RowsToChannels(thread, x, y, {to.K}, {to.M}, {from.RowStride}, {to.RowStride}, rows)", $"DeviceWork.Channels(rows, {to.K}, {to.M})", views, rows),
            _ => Launch(step, $"Layouts.RowsToRows(thread, x, y, {from.RowStride}, {to.RowStride}, {from.Features}, rows)", $"(long)rows * {from.Features}", views, rows),
        };
        return launch with { IsBatched = true, Few = 16 * (to.Storage == Storage.Channels ? to.M * Sizes.Round16(to.K) : from.Features) };
    }
}
