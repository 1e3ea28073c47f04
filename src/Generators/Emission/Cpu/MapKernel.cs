using System.Runtime.CompilerServices;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Cpu;

/// <summary>Writes the kernels whose body depends on the network: maps, reductions, products, first maxima.</summary>
internal sealed class MapKernel(MethodPool methods)
{
    internal const string IsVector = $" where V : struct, {KernelsEmitter.Vector}";
    private const string Letters = "abcdefghklmopqrstuvw";

    /// <summary>a, b, c …; where a kernel reads more than there are letters: aa, bb …</summary>
    internal static string SourceName(int index) => new(Letters[index % Letters.Length], 1 + index / Letters.Length);

    private readonly Dictionary<Step, Func<string, string>> _calls = new(new ByReference());

    /// <summary>Adds the step's kernel, if it has one of its own. All are added before any is called.</summary>
    public void Add(Step step)
    {
        var call = step switch
        {
            Map { Mode: MapMode.Total } map => WriteTotal(map),
            Map map => Write(map, fused: false),
            MapGroup group => new GroupKernel(group).Write(methods),
            Product product => Write(product),
            FirstMax max => Write(max),
            _ => null,
        };
        if (call is not null) _calls.Add(step, call);
    }

    /// <summary>The step's call of its kernel.</summary>
    /// <param name="arguments">The target, the sources in the step's order, first, last and, where UsesRows, rows.</param>
    public string Call(Step step, string arguments) => _calls[step](arguments);

    /// <param name="fused">
    /// Sums of products by fused multiply-adds. Only for products that are one operator: a sum over a product that might as well
    /// have been stored must not depend on whether it was.
    /// </param>
    private Func<string, string> Write(Map map, bool fused)
    {
        var body = new KernelBody(map.Target, map.Sources, map.Loops, map.Inner, map.Mode);
        var value = body.Renumbered(map.Value);
        var index = body.Renumbered(map.Index);
        var writer = new CodeWriter().Open();
        body.Open(writer, index, value, out var load);
        var steps = StepsOf(map);
        var text = new ScalarText(body.Vector, load, axis => TimeName(steps, axis));
        if (map.Fold is { } fold) WriteFold(writer, body, fold, value, text, fused);
        var result = map.Fold is null ? text.Of(value) : "total";
        if (value is Call { Function: Function.Multiply or Function.Divide } or Guarded && map.Fold is null) result = $"({Unwrapped(result)})";
        writer.Line($"{result}.Store({body.Address(map.Target, index)});");
        body.Close(writer);
        if (map.Mode == MapMode.Flat && map.Target.Storage == Storage.Flat && map.Target.Features % 16 != 0)
            writer.Line($"if (last == {map.Target.Floats / 16}) for (nint pad = {map.Target.Features}; pad < {map.Target.Floats}; pad++) y[pad] = 0;");
        writer.Close();
        return methods.AddKernel(NameOf(map.Target), $"{map.Comment}. {FormulaText.Of(map)}", body.Generic, body.Parameters(UsesRows(map)) + string.Concat(steps.Select(axis => $", float {TimeName(steps, axis)}")), body.Constraint, writer.ToString());
    }

    /// <summary>The axes of time whose step's number a map needs.</summary>
    public static IReadOnlyList<TimeAxis> StepsOf(params IEnumerable<Map> maps) => [.. maps.SelectMany(m => Expressions.All(m.Value)).OfType<StepIndex>().Select(s => s.Axis).Distinct()];

    internal static string TimeName(IReadOnlyList<TimeAxis> steps, TimeAxis axis) => steps.Count == 1 ? "time" : $"time{steps.ToList().IndexOf(axis)}";

    public static bool UsesRows(params IEnumerable<Map> maps) => maps.SelectMany(m => Expressions.All(m.Value)).Any(e => e is RowCount);

    private static void WriteFold(CodeWriter writer, KernelBody body, Reduction fold, Scalar value, ScalarText text, bool fused)
    {
        var terms = body.Inner.Aggregate(1L, (n, l) => n * l.Extent);
        var segmented = fold == Reduction.Sum && terms > 256;
        writer.Line($"var total = {(fold == Reduction.Sum ? body.Vector + ".Zero" : body.Vector + ".Broadcast(float.NegativeInfinity)")};");
        if (segmented) writer.Line($"var sum = {body.Vector}.Zero;").Line("var terms = 0;");
        foreach (var loop in body.Inner) writer.Line($"for (nint {loop.Variable} = 0; {loop.Variable} < {loop.Extent}; {loop.Variable}++)").Indent();
        var into = segmented ? "sum" : "total";
        var next = fold == Reduction.Max ? $"{into} = VectorMath.Maximum({Unwrapped(text.Of(value))}, {into});"
            : fused && value is Call { Function: Function.Multiply, Arguments: var x } ? $"{into} = {body.Vector}.MultiplyAdd({text.Of(x[0])}, {text.Of(x[1])}, {into});"
            : $"{into} += {Unwrapped(text.Of(value))};";
        if (segmented)
            writer.Open().Line(next).Line("if (++terms < 256) continue;").Line("total += sum;").Line($"sum = {body.Vector}.Zero;").Line("terms = 0;").Close();
        else
            writer.Line(next);
        writer.Outdent(body.Inner.Count);
        if (segmented) writer.Line("total += sum;");
    }

    /// <summary>y[0] = Σ over all elements; what is left over after whole sixteens is added to its chain one by one.</summary>
    private Func<string, string> WriteTotal(Map map)
    {
        var loop = map.Inner[0];
        var whole = loop.Extent / 16 * 16;
        string Name(Load load) => SourceName(map.Sources.Items.IndexOf(load.Buffer));
        ScalarText Text(string vector, string index) => new(vector, l => l.Index.IsConstant ? $"{vector}.Broadcast({Name(l)}[{l.Index.Text()}])" : $"{vector}.Load({Name(l)} + {index})");
        var writer = new CodeWriter().Open();
        writer.Line("var chains = stackalloc float[16];").Line("for (var lane = 0; lane < 16; lane += V.Count)").Open();
        writer.Line("var total = V.Zero;").Line($"for (nint segment = 0; segment < {whole}; segment += 4096)").Open();
        writer.Line("var sum = V.Zero;").Line($"for (var i = segment; i < Math.Min(segment + 4096, {whole}); i += 16) sum += {Unwrapped(Text("V", "i + lane").Of(map.Value))};").Line("total += sum;").Close();
        writer.Line("total.Store(chains + lane);").Close();
        if (whole < loop.Extent) writer.Line($"for (nint i = {whole}; i < {loop.Extent}; i++) (V32.Load(chains + i % 16) + {Text("V32", "i").Of(map.Value)}).Store(chains + i % 16);");
        writer.Line("*y = Sums.Tree(chains);").Close();
        var parameters = $"float* y{string.Concat(map.Sources.Select((_, i) => $", float* {SourceName(i)}"))}{(UsesRows(map) ? ", float rows" : "")}";
        return methods.AddKernel(NameOf(map.Target), $"{map.Comment}. {FormulaText.Of(map)}", "<V>", parameters, IsVector, writer.ToString());
    }

    /// <summary>target[…] = Σ a[…] · b[…]: one chain of fused multiply-adds per 256 terms.</summary>
    private Func<string, string> Write(Product product)
    {
        var mode = product.Domain == Domain.Batch ? MapMode.Lanes : MapMode.Scalars;
        EquatableArray<Buffer> sources = product.A == product.B ? [product.A] : [product.A, product.B];
        var value = new Call(Function.Multiply, new Load(product.A, product.IndexA), new Load(product.B, product.IndexB));
        return Write(new Map(product.Comment, mode, product.Target, product.Loops, product.Index, value, Reduction.Sum, product.Inner, sources), fused: true);
    }

    private Func<string, string> Write(FirstMax step)
    {
        var body = new KernelBody(step.Target, [step.X], step.Loops, step.Inner, step.Mode);
        var x = new Load(step.X, body.Renumbered(step.IndexX));
        var index = body.Renumbered(step.Index);
        var writer = new CodeWriter().Open();
        body.Open(writer, index, x, out var load, mergeLanes: false);
        var vector = body.Vector;
        writer.Line($"var best = {vector}.Broadcast(float.NegativeInfinity);").Line($"var at = {vector}.Zero;").Line("var number = 0;");
        foreach (var loop in body.Inner) writer.Line($"for (nint {loop.Variable} = 0; {loop.Variable} < {loop.Extent}; {loop.Variable}++)").Indent();
        writer.Open().Line($"var x = {load(x)};").Line($"at = VectorMath.SelectAbove(x, best, {vector}.Broadcast(number), at);").Line($"best = VectorMath.Maximum(x, best);").Line("number++;").Close();
        writer.Outdent(body.Inner.Count);
        if (step.Mask)
        {
            writer.Line("number = 0;");
            foreach (var loop in body.Inner) writer.Line($"for (nint {loop.Variable} = 0; {loop.Variable} < {loop.Extent}; {loop.Variable}++)").Indent();
            writer.Line($"{vector}.SelectEqual(at, {vector}.Broadcast(number++), {vector}.Broadcast(1f), {vector}.Zero).Store({body.Address(step.Target, index)});");
            writer.Outdent(body.Inner.Count);
        }
        else
        {
            writer.Line($"at.Store({body.Address(step.Target, index)});");
        }
        body.Close(writer);
        writer.Close();
        return methods.AddKernel(NameOf(step.Target), step.Comment, body.Generic, body.Parameters(usesRows: false), body.Constraint, writer.ToString());
    }

    // Locals are lower-case: where letters have no case, a method is told apart by a word before them.
    internal static string NameOf(Buffer target) =>
        Identifiers.Pascal(target.Name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')) is var name && char.ToLowerInvariant(name[0]) == name[0] ? "Value" + name : name;

    /// <summary>Without the brackets that enclose all of it.</summary>
    internal static string Unwrapped(string text)
    {
        if (text[0] != '(' || text[text.Length - 1] != ')') return text;
        var depth = 0;
        for (var i = 0; i < text.Length - 1; i++)
            if ((depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0) == 0) return text;
        return text.Substring(1, text.Length - 2);
    }

    /// <summary>Steps of equal content are steps of their own.</summary>
    private sealed class ByReference : IEqualityComparer<Step>
    {
        public bool Equals(Step? a, Step? b) => ReferenceEquals(a, b);
        public int GetHashCode(Step step) => RuntimeHelpers.GetHashCode(step);
    }

    /// <summary>The loops around a kernel's expression and how its operands are addressed, for each mode.</summary>
    private sealed class KernelBody
    {
        private readonly Dictionary<Loop, Loop> _renumbered = [];
        private readonly Dictionary<Buffer, string> _names = [];
        private readonly IReadOnlyList<Loop> _outer;
        private readonly MapMode _mode;
        private Loop? _merged;
        private int _depth;
        private bool _laneLoop;

        public KernelBody(Buffer target, IEnumerable<Buffer> sources, IEnumerable<Loop> outer, IEnumerable<Loop> inner, MapMode mode)
        {
            _mode = mode;
            foreach (var loop in outer.Concat(inner)) _renumbered.Add(loop, new Loop(_renumbered.Count, loop.Extent));
            _outer = [.. outer.Select(l => _renumbered[l])];
            Inner = [.. inner.Select(l => _renumbered[l])];
            foreach (var source in sources) _names.Add(source, SourceName(_names.Count));
            Sources = [.. _names.Values];
            if (!_names.ContainsKey(target)) _names.Add(target, "y");
        }

        public IReadOnlyList<Loop> Inner { get; }
        private string[] Sources { get; }
        private Loop Last => _outer[_outer.Count - 1];
        public string Vector => _mode == MapMode.Scalars ? "V32" : "V";

        public Affine Renumbered(Affine index) => index.Replace((loop, step) => (_renumbered[loop], step));

        public Scalar Renumbered(Scalar value) => Expressions.Rewrite(value, e => e switch
        {
            Load load => load with { Index = Renumbered(load.Index) },
            IndexValue index => new IndexValue(Renumbered(index.Index)),
            Guarded guarded => new Guarded(Renumbered(guarded.Index), guarded.Extent, Renumbered(guarded.Then), Renumbered(guarded.Otherwise)),
            _ => null,
        });

        public string Generic => _mode == MapMode.Scalars ? "" : "<V>";
        public string Constraint => _mode == MapMode.Scalars ? "" : IsVector;
        public string Parameters(bool usesRows) => $"float* y{string.Concat(Sources.Select(s => $", float* {s}"))}, int first, int last{(usesRows ? ", float rows" : "")}";

        public void Open(CodeWriter writer, Affine index, Scalar value, out Func<Load, string> load, bool mergeLanes = true)
        {
            load = l => _mode == MapMode.Lanes && l.Buffer.Batched || VectorsAlong(l) ? $"{Vector}.Load({Address(l.Buffer, l.Index)})" : $"{Vector}.Broadcast({NameOf(l.Buffer)}[{l.Index.Text()}])";
            switch (_mode)
            {
                case MapMode.Lanes:
                    writer.Line("for (nint block = first; block < last; block++)").Open();
                    foreach (var (buffer, name) in _names.Select(n => (n.Key, n.Value)))
                        if (buffer.Batched) writer.Line($"var {name}0 = {name} + block * {16 * buffer.Features};");
                    if (mergeLanes && _outer.Count > 0 && CanMerge(_outer[_outer.Count - 1], index, value)) _merged = _outer[_outer.Count - 1];
                    foreach (var loop in _outer)
                        if (loop != _merged) For(writer, loop);
                    _laneLoop = true;
                    writer.Line($"for (nint lane = 0; lane < {16 * (_merged?.Extent ?? 1)}; lane += V.Count)").Open();
                    break;
                case MapMode.Rows:
                    writer.Line("for (nint row = first; row < last; row++)").Open();
                    foreach (var (buffer, name) in _names.Select(n => (n.Key, n.Value)))
                        if (buffer.Batched) writer.Line($"var {name}0 = {name} + row * {buffer.RowStride};");
                    foreach (var loop in _outer.Take(_outer.Count - 1)) For(writer, loop);
                    writer.Line($"for (nint {Last.Variable} = 0; {Last.Variable} < {Sizes.Round16(Last.Extent)}; {Last.Variable} += V.Count)").Open();
                    break;
                case MapMode.Channels:
                    writer.Line("for (nint row = first; row < last; row++)").Open();
                    foreach (var (buffer, name) in _names.Select(n => (n.Key, n.Value)))
                        if (buffer.Batched) writer.Line($"var {name}0 = {name} + row * {buffer.RowStride};");
                    foreach (var loop in _outer.Take(_outer.Count - 1)) For(writer, loop);
                    writer.Line($"for (nint {Last.Variable} = 0; {Last.Variable} < {Last.Extent}; {Last.Variable} += V.Count)").Open();
                    break;
                case MapMode.Flat:
                    writer.Line($"for (nint {_outer[0].Variable} = 16 * (nint)first; {_outer[0].Variable} < 16 * (nint)last; {_outer[0].Variable} += V.Count)").Open();
                    break;
                default:
                    if (_outer.Count > 0) writer.Line($"for (nint {_outer[0].Variable} = first; {_outer[0].Variable} < last; {_outer[0].Variable}++)").Indent();
                    foreach (var loop in _outer.Skip(1)) For(writer, loop);
                    writer.Open();
                    _depth += _outer.Count > 0 ? 1 : 0;
                    break;
            }
        }

        public void Close(CodeWriter writer)
        {
            writer.Close().Outdent(_depth);
            if (_mode is MapMode.Lanes or MapMode.Rows or MapMode.Channels) writer.Close();
        }

        private void For(CodeWriter writer, Loop loop)
        {
            writer.Line($"for (nint {loop.Variable} = 0; {loop.Variable} < {loop.Extent}; {loop.Variable}++)").Indent();
            _depth++;
        }

        /// <summary>The innermost loop and the lanes can be one when all samples' elements follow each other along both.</summary>
        private static bool CanMerge(Loop loop, Affine index, Scalar value) => index.StepOf(loop) == 1 && Expressions.All(value).All(e => e switch
        {
            Load { Buffer.Batched: true } l => l.Index.StepOf(loop) == 1,
            Load l => l.Index.StepOf(loop) == 0,
            IndexValue i => i.Index.StepOf(loop) == 0,
            Guarded g => g.Index.StepOf(loop) == 0,
            _ => true,
        });

        /// <summary>Whether the elements of a register are neighbours; else one is in all of them, such as a number of the row.</summary>
        private bool VectorsAlong(Load load) => _mode is MapMode.Flat or MapMode.Channels && !load.Index.IsConstant || _mode == MapMode.Rows && load.Index.StepOf(Last) != 0 || _mode == MapMode.Scalars;

        public string Address(Buffer buffer, Affine index)
        {
            var name = NameOf(buffer);
            if (!_laneLoop) return Plus(name, index.Text());
            var merged = _merged is null ? index : index.Replace((loop, step) => loop == _merged ? null : (loop, step));
            return Plus(name, merged.Text(16)) + " + lane";
        }

        /// <summary>The buffer, from the row or block on that is worked on.</summary>
        private string NameOf(Buffer buffer) => _names[buffer] + (_mode is MapMode.Lanes or MapMode.Rows or MapMode.Channels && buffer.Batched ? "0" : "");

        private static string Plus(string name, string offset) => offset == "0" ? name : offset[0] == '-' ? $"{name} - {offset.Substring(1)}" : $"{name} + {offset}";
    }
}
