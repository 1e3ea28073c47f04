using Kiln.Generators.Emission.Cpu;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Gpu;

/// <summary>A step that has a thread for each element of its result.</summary>
/// <param name="Body">What a thread does.</param>
/// <param name="PerItem">Threads for each row or block of the batch; of a step without batch, all of them.</param>
/// <param name="Views">The buffers of its views, in their order.</param>
/// <param name="Steps">The axes of time whose step's number it takes, after the count of rows or blocks and the rows of the call.</param>
internal sealed record DeviceMap(StepBody Body, long PerItem, IReadOnlyList<Buffer> Views, bool UsesRows, IReadOnlyList<TimeAxis> Steps);

/// <summary>Writes bodies of kernels that depend on the network: a thread for each element of the result, the same formula as on the CPU.</summary>
/// <param name="precision">What products are computed with.</param>
internal sealed class DeviceMaps(Precision precision)
{
    public DeviceMap Of(Step step) => step switch
    {
        Map { Mode: MapMode.Total } map => Total(map),
        Map map => Elements(map, isFused: false),
        MapGroup group => Group(group),
        Product product => Elements(new Map(product.Comment, product.Domain == Domain.Batch ? MapMode.Lanes : MapMode.Scalars, product.Target, product.Loops, product.Index,
            new Call(Function.Multiply, new Load(product.A, product.IndexA), new Load(product.B, product.IndexB)), Reduction.Sum, product.Inner, product.Reads.Distinct().ToEquatable()), isFused: true),
        FirstMax max => First(max),
        _ => throw new InvalidOperationException($"{step.GetType().Name} is no map"),
    };

    /// <param name="isFused">See MapKernel of the CPU.</param>
    private DeviceMap Elements(Map map, bool isFused)
    {
        var body = new Body(map.Target, map.Sources, map.Loops, map.Inner, map.Mode);
        var steps = MapKernel.StepsOf(map);
        // The operands of a product are all that it loads.
        var text = new ScalarText(Body.Vector, isFused && precision != Precision.Float32 ? load => $"{precision}.Operand({body.LoadText(load)})" : body.LoadText, axis => MapKernel.TimeName(steps, axis));
        var code = body.Open();
        var value = body.Renumbered(map.Value);
        var result = map.Fold is null ? text.Of(value) : "total";
        if (map.Fold is { } fold) Fold(code, body, fold, value, text, isFused);
        if (body.IsPad is { } pad) code.Line($"var result = {pad} ? Lane.Zero : {result};");
        code.Line($"{(body.IsPad is not null ? "result" : IsAtom(value) || map.Fold is not null ? result : $"({MapKernel.Unwrapped(result)})")}.Store({body.Name(map.Target)}, {body.Address(map.Target, body.Renumbered(map.Index))});");
        var usesRows = MapKernel.UsesRows(map);
        var numbers = (usesRows ? ", int rows" : "") + string.Concat(steps.Select(axis => $", int {MapKernel.TimeName(steps, axis)}"));
        var written = new StepBody(MapKernel.NameOf(map.Target), $"{map.Comment}. {FormulaText.Of(map)}", body.Parameters + numbers, code.Close().ToString());
        return new(written, body.PerItem, body.Views, usesRows, steps);
    }

    private static bool IsAtom(Scalar value) => value is Load or Literal or IndexValue or RowCount or StepIndex
        || value is Call { Function: not (Function.Add or Function.Subtract or Function.Multiply or Function.Divide or Function.Negate) };

    private static void Fold(CodeWriter code, Body body, Reduction fold, Scalar value, ScalarText text, bool isFused)
    {
        var isSegmented = fold == Reduction.Sum && body.Inner.Aggregate(1L, (n, l) => n * l.Extent) > 256;
        code.Line($"var total = {(fold == Reduction.Sum ? "Lane.Zero" : "Lane.Broadcast(float.NegativeInfinity)")};");
        if (isSegmented) code.Line("var sum = Lane.Zero;").Line("var terms = 0;");
        body.OpenInner(code);
        var into = isSegmented ? "sum" : "total";
        code.Line(fold == Reduction.Max ? $"{into} = VectorMath.Maximum({MapKernel.Unwrapped(text.Of(value))}, {into});"
            : isFused && value is Call { Function: Function.Multiply, Arguments: var x } ? $"{into} = Lane.MultiplyAdd({text.Of(x[0])}, {text.Of(x[1])}, {into});"
            : $"{into} += {MapKernel.Unwrapped(text.Of(value))};");
        if (isSegmented) code.Line("if (++terms < 256) continue;").Line("total += sum;").Line("sum = Lane.Zero;").Line("terms = 0;");
        body.CloseInner(code);
        if (isSegmented) code.Line("total += sum;");
    }

    /// <summary>The sum of all elements, by one group: 16 chains, which join by the tree.</summary>
    private DeviceMap Total(Map map)
    {
        var (extent, whole) = (map.Inner[0].Extent, map.Inner[0].Extent / 16 * 16);
        string Name(Load load) => MapKernel.SourceName(map.Sources.Items.IndexOf(load.Buffer));
        ScalarText Text(string index) => new(Body.Vector, l => $"Lane.Load({Name(l)}, {(l.Index.IsConstant ? l.Index.Text() : index)})");
        var code = new CodeWriter().Open();
        code.Line("var total = Lane.Zero;");
        code.Open($"for (var first = 0; first < {whole}; first += Sums.TotalStep)").Line("var sum = Lane.Zero;").Line($"var end = Sums.TotalEnd(first, {whole});");
        code.Line($"for (var i = Sums.TotalBegin(first); i < end; i += 16) sum += {MapKernel.Unwrapped(Text("i").Of(map.Value))};").Line("total = Sums.AddSegments(total, sum);").Close();
        if (whole < extent) code.Line($"if (Group.IdxX < {extent - whole}) total += {MapKernel.Unwrapped(Text($"{whole} + Group.IdxX").Of(map.Value))};");
        code.Line("Sums.Total(y, total);").Close();
        var usesRows = MapKernel.UsesRows(map);
        var parameters = $"ArrayView<float> y{string.Concat(map.Sources.Select((_, i) => $", ArrayView<float> {MapKernel.SourceName(i)}"))}, int count{(usesRows ? ", int rows" : "")}";
        return new(new StepBody(MapKernel.NameOf(map.Target), $"{map.Comment}. {FormulaText.Of(map)}", parameters, code.ToString()), 128, [map.Target, .. map.Sources], usesRows, []);
    }

    private DeviceMap First(FirstMax step)
    {
        var body = new Body(step.Target, [step.X], step.Loops, step.Inner, step.Mode);
        var target = $"{body.Name(step.Target)}, {body.Address(step.Target, body.Renumbered(step.Index))}";
        var code = body.Open();
        code.Line("var best = Lane.Broadcast(float.NegativeInfinity);").Line("var at = Lane.Zero;").Line("var number = 0;");
        body.OpenInner(code);
        code.Line($"var x = {body.LoadText(new Load(step.X, body.Renumbered(step.IndexX)))};");
        code.Line("at = VectorMath.SelectAbove(x, best, Lane.Broadcast(number), at);").Line("best = VectorMath.Maximum(x, best);").Line("number++;");
        body.CloseInner(code);
        if (step.Mask)
        {
            code.Line("number = 0;");
            body.OpenInner(code);
            code.Line($"Lane.SelectEqual(at, Lane.Broadcast(number), Lane.Broadcast(1f), Lane.Zero).Store({target});").Line("number++;");
            body.CloseInner(code);
        }
        else
        {
            code.Line($"at.Store({target});");
        }
        return new(new StepBody(MapKernel.NameOf(step.Target), step.Comment, body.Parameters, code.Close().ToString()), body.PerItem, body.Views, false, []);
    }

    /// <summary>Maps that follow each other, element by element: what one computes and the next reads stays in a register.</summary>
    private DeviceMap Group(MapGroup group)
    {
        var extent = Sizes.Round16(group.Parts[0].Loops[0].Extent);
        var steps = MapKernel.StepsOf(group.Parts);
        var taken = new HashSet<string> { "count", "rows", "row", "time", "thread", "i", "Lane", "Threads", "VectorMath" };
        foreach (var axis in steps) taken.Add(MapKernel.TimeName(steps, axis));
        string NewName(Buffer buffer, string ending = "") => Identifiers.Escape(Identifiers.Unique(Identifiers.Camel(StepWriter.Role(buffer.Name)) + ending, taken));
        Buffer[] views = [.. group.Targets, .. group.Sources];
        var names = views.ToDictionary(v => v, v => NewName(v, v.Batched ? "Rows" : "All"));
        var registers = new Dictionary<(Buffer, Affine), string>();
        string Place(Buffer buffer, Affine index) => $"{names[buffer]}, {(buffer.Batched ? $"row * {buffer.RowStride} + " : "")}{(index.IsConstant ? index.Text() : $"i{(index.Offset == 0 ? "" : $" + {index.Offset}")}")}";
        var text = new ScalarText(Body.Vector, l => $"Lane.Load({Place(l.Buffer, l.Index)})", axis => MapKernel.TimeName(steps, axis));
        var code = new CodeWriter().Open();
        code.Line($"if (thread >= count * {extent}) return;").Line($"var i = thread % {extent};").Line($"var row = thread / {extent};");
        foreach (var part in group.Parts)
        {
            foreach (var load in Expressions.All(part.Value).OfType<Load>().Where(l => !registers.ContainsKey((l.Buffer, l.Index))))
            {
                var held = NewName(load.Buffer);
                code.Line($"var {held} = Lane.Load({Place(load.Buffer, load.Index)});");
                registers[(load.Buffer, load.Index)] = held;
            }
            var name = NewName(part.Target);
            code.Line($"var {name} = {MapKernel.Unwrapped(text.Of(Expressions.Rewrite(part.Value, e => e is Load l ? new Register(registers[(l.Buffer, l.Index)]) : null)))};");
            registers[(part.Target, part.Index)] = name;
            if (names.ContainsKey(part.Target)) code.Line($"{name}.Store({Place(part.Target, part.Index)});");
        }
        var usesRows = MapKernel.UsesRows(group.Parts);
        var numbers = (usesRows ? ", int rows" : "") + string.Concat(steps.Select(axis => $", int {MapKernel.TimeName(steps, axis)}"));
        var written = new StepBody(MapKernel.NameOf(group.Parts[group.Parts.Count - 1].Target) + "Group", group.Comment, string.Concat(views.Select(v => $"ArrayView<float> {names[v]}, ")) + "int count" + numbers, code.Close().ToString());
        return new(written, extent, views, usesRows, steps);
    }

    /// <summary>From a thread's number to the element that it computes, and where operands are.</summary>
    private sealed class Body
    {
        public const string Vector = "Lane";

        private readonly Dictionary<Loop, Loop> _renumbered = [];
        private readonly Dictionary<Buffer, string> _names = [];
        private readonly IReadOnlyList<Loop> _outer;
        private readonly MapMode _mode;
        private readonly Buffer _target;

        public Body(Buffer target, IEnumerable<Buffer> sources, IEnumerable<Loop> outer, IEnumerable<Loop> inner, MapMode mode)
        {
            (_mode, _target) = (mode, target);
            foreach (var loop in outer.Concat(inner)) _renumbered.Add(loop, new Loop(_renumbered.Count, loop.Extent));
            _outer = [.. outer.Select(l => _renumbered[l])];
            Inner = [.. inner.Select(l => _renumbered[l])];
            foreach (var source in sources) _names.Add(source, MapKernel.SourceName(_names.Count));
            if (!_names.ContainsKey(target)) _names.Add(target, "y");
            Views = [.. _names.Keys];
        }

        public IReadOnlyList<Loop> Inner { get; }
        public IReadOnlyList<Buffer> Views { get; }

        /// <summary>The batch's rows or blocks are an index too.</summary>
        private bool IsBatched => _mode is MapMode.Lanes or MapMode.Rows or MapMode.Channels;

        /// <summary>Threads along each loop. The last one of rows goes on through their pads, and elements without batch axis through those at the end.</summary>
        private IReadOnlyList<int> Extents => [.. _outer.Select((l, i) => _mode == MapMode.Rows && i == _outer.Count - 1 ? Sizes.Round16(l.Extent) : _mode == MapMode.Flat ? _target.Floats : l.Extent)];

        public long PerItem => Extents.Aggregate(_mode == MapMode.Lanes ? 16L : 1, (n, e) => n * e);

        /// <summary>Whether the element is a pad, which is zero; null where there are none.</summary>
        public string? IsPad => _mode != MapMode.Flat ? null
            : _target.Storage == Storage.Flat && _target.Features % 16 != 0 ? $"i0 >= {_target.Features}"
            : _target.Storage == Storage.Panels && _target.M % 16 != 0 ? $"Pads.InPanels(i0, {_target.K}, {_target.M})" : null;

        public string Parameters => string.Concat(_names.Values.Select(n => $"ArrayView<float> {n}, ")) + "int count";

        public Affine Renumbered(Affine index) => index.Replace((loop, step) => (_renumbered[loop], step));

        public Scalar Renumbered(Scalar value) => Expressions.Rewrite(value, e => e switch
        {
            Load load => load with { Index = Renumbered(load.Index) },
            IndexValue index => new IndexValue(Renumbered(index.Index)),
            Guarded guarded => new Guarded(Renumbered(guarded.Index), guarded.Extent, Renumbered(guarded.Then), Renumbered(guarded.Otherwise)),
            _ => null,
        });

        /// <summary>The method's beginning: the thread's indices.</summary>
        public CodeWriter Open()
        {
            var code = new CodeWriter().Open();
            var extents = Extents;
            code.Line("var rest = thread;").Line($"if (rest >= count{(PerItem == 1 ? "" : $" * {PerItem}")}) return;");
            if (_mode == MapMode.Lanes) code.Line("var lane = rest % 16;").Line("rest /= 16;");
            for (var i = _outer.Count - 1; i >= 0; i--)
                if (i > 0 || IsBatched) code.Line($"var {_outer[i].Variable} = rest % {extents[i]};").Line($"rest /= {extents[i]};");
                else code.Line($"var {_outer[i].Variable} = rest;");
            return code;
        }

        public void OpenInner(CodeWriter code)
        {
            // The brace stands below the last loop.
            foreach (var loop in Inner) code.Line($"for (var {loop.Variable} = 0; {loop.Variable} < {loop.Extent}; {loop.Variable}++)").Indent();
            code.Outdent(InnerLevels).Open();
        }

        public void CloseInner(CodeWriter code) => code.Close().Outdent(Inner.Count - InnerLevels);

        private int InnerLevels => Math.Min(Inner.Count, 1);

        public string Name(Buffer buffer) => _names[buffer];

        public string LoadText(Load load) => $"Lane.Load({Name(load.Buffer)}, {Address(load.Buffer, load.Index)})";

        public string Address(Buffer buffer, Affine index)
        {
            if (!IsBatched || !buffer.Batched) return index.Text();
            var offset = _mode == MapMode.Lanes ? index.Text(16) : index.Text();
            var place = _mode == MapMode.Lanes ? $"rest * {16 * buffer.Features}" : $"rest * {buffer.RowStride}";
            if (offset != "0") place += offset[0] == '-' ? $" - {offset.Substring(1)}" : $" + {offset}";
            return _mode == MapMode.Lanes ? place + " + lane" : place;
        }
    }
}
