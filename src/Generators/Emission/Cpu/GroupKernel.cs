using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Emission.Cpu;

/// <summary>Writes the kernel of a <see cref="MapGroup"/>: a line for each part, in locals that are called as the values are.</summary>
internal sealed class GroupKernel
{
    private readonly MapGroup _group;
    private readonly Loop _loop;
    private readonly HashSet<string> _taken = ["first", "last", "row", "rows", "time", "V", "VectorMath"];
    private readonly Dictionary<Buffer, string> _names = [];

    /// <summary>The local of each part's value, and of each element that is loaded more than once.</summary>
    private readonly Dictionary<(Buffer Buffer, Affine Index), string> _registers = [];

    public GroupKernel(MapGroup group)
    {
        _group = group;
        _loop = new Loop(0, group.Parts[0].Loops[0].Extent);
        _taken.Add(_loop.Variable);
        foreach (var buffer in group.Targets.Concat(group.Sources)) _names[buffer] = NewName(buffer, buffer.Batched ? "At" : "All");
    }

    /// <returns>From a call's arguments (targets, sources, first, last, and what numbers the parts need) to the call.</returns>
    public Func<string, string> Write(MethodPool methods)
    {
        var steps = MapKernel.StepsOf(_group.Parts);
        var head = new CodeWriter();
        var body = new CodeWriter();
        var repeated = _group.Parts.SelectMany(p => Loads(p.Value)).GroupBy(KeyOf).Where(g => g.Count() > 1).ToDictionary(g => g.Key, g => g.First());
        var text = new ScalarText("V", LoadText, axis => MapKernel.TimeName(steps, axis));
        foreach (var part in _group.Parts)
        {
            foreach (var load in Loads(part.Value)) Hold(load, repeated, head, body);
            var name = NewName(part.Target);
            body.Line($"var {name} = {MapKernel.Unwrapped(text.Of(InRegisters(part.Value)))};");
            _registers[(part.Target, part.Index)] = name;
            if (_names.ContainsKey(part.Target)) body.Line($"{name}.Store({At(part.Target, part.Index.Offset)});");
        }
        var writer = new CodeWriter().Open();
        writer.Open("for (nint row = first; row < last; row++)");
        foreach (var (buffer, name) in _names.Select(n => (n.Key, n.Value)).Where(n => n.Key.Batched)) writer.Line($"var {name} = {Rows(name)} + row * {buffer.RowStride};");
        if (head.ToString() is { Length: > 0 } values) writer.Lines(values);
        writer.Open($"for (nint {_loop.Variable} = 0; {_loop.Variable} < {Sizes.Round16(_loop.Extent)}; {_loop.Variable} += V.Count)");
        writer.Lines(body.ToString()).Close();
        writer.Close().Close();
        var pointers = string.Concat(_group.Targets.Concat(_group.Sources).Select(b => $"float* {(b.Batched ? Rows(_names[b]) : _names[b])}, "));
        var numbers = (MapKernel.UsesRows(_group.Parts) ? ", float rows" : "") + string.Concat(steps.Select(axis => $", float {MapKernel.TimeName(steps, axis)}"));
        return methods.AddKernel(MapKernel.NameOf(_group.Parts[_group.Parts.Count - 1].Target) + "Group", _group.Comment, "<V>", $"{pointers}int first, int last{numbers}", MapKernel.IsVector, writer.ToString());
    }

    /// <summary>All rows of what is at hand of one row.</summary>
    private static string Rows(string at) => at.Replace("At", "Rows");

    private static (Buffer, Affine) KeyOf(Load load) => (load.Buffer, load.Index);

    private static IEnumerable<Load> Loads(Scalar value) => Expressions.All(value).OfType<Load>();

    /// <summary>Loads what several parts read, or one several times; a number of the row before the loop along it.</summary>
    private void Hold(Load load, Dictionary<(Buffer, Affine), Load> repeated, CodeWriter head, CodeWriter body)
    {
        var key = KeyOf(load);
        if (_registers.ContainsKey(key)) return;
        if (load.Index.IsConstant) head.Line($"var {_registers[key] = NewName(load.Buffer)} = {LoadText(load)};");
        else if (repeated.ContainsKey(key)) body.Line($"var {_registers[key] = NewName(load.Buffer)} = {LoadText(load)};");
    }

    private Scalar InRegisters(Scalar value) => Expressions.Rewrite(value, e => e is Load load && _registers.TryGetValue(KeyOf(load), out var name) ? new Register(name) : null);

    private string LoadText(Load load) => load.Index.IsConstant ? $"V.Broadcast({_names[load.Buffer]}[{load.Index.Offset}])" : $"V.Load({At(load.Buffer, load.Index.Offset)})";

    private string At(Buffer buffer, int offset) => $"{_names[buffer]} + {_loop.Variable}{(offset == 0 ? "" : $" + {offset}")}";

    private string NewName(Buffer buffer, string ending = "") => Identifiers.Escape(Identifiers.Unique(Identifiers.Camel(StageWriter.Role(buffer.Name)) + ending, _taken));
}
