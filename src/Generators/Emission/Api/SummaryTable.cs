using System.Globalization;
using System.Text;
using Kiln.Generators.Graph;
using Kiln.Generators.Kernels;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Emission.Api;

/// <summary>
/// What a network is made of, as a table of text: for each program its layers with shape, parameters and floating-point
/// operations for one row, and the memory it takes.
/// </summary>
internal static class SummaryTable
{
    private static readonly string[] Header = ["layer", "output", "parameters", "FLOPs"];

    public static string Of(CompiledNetwork network)
    {
        if (network.Network.IsOutline) return network.Network.Class.Name + ": not compiled, the build's errors say why\n";
        var text = new StringBuilder();
        var total = network.Parameters.Sum(p => (long)p.Parameter.Length);
        var trainable = network.Parameters.Where(p => p.Parameter.Trainable).Sum(p => (long)p.Parameter.Length);
        text.Append(network.Network.Class.Name).Append(": ").Append(Count(total)).Append(" parameters");
        if (trainable != total) text.Append(", ").Append(Count(trainable)).Append(" of them trainable");
        text.Append('\n');
        if (network.PreparedFloats > 0) text.Append("memory: ").Append(Count(4L * network.PreparedFloats)).Append(" bytes for kernels as predictions want them, once for all workspaces\n");
        foreach (var compiled in network.Programs)
        {
            // The others are the same program once more.
            if (compiled.Entry != Kernels.Entry.Main) continue;
            text.Append('\n').Append(Signature(compiled.Program)).Append('\n');
            AppendRows(text, Rows(compiled.Program.Graph));
            text.Append("memory: ").Append(Count(4L * compiled.FixedFloats)).Append(" bytes + ").Append(Count(4L * compiled.FloatsPerRow)).Append(" per row of the batch");
            foreach (var pool in compiled.Pools.Where(p => p.FloatsPerRow > 0))
                text.Append(" + ").Append(Count(4L * pool.FloatsPerRow)).Append(" per row and step of ").Append(string.Join(" and of ", pool.Axes.Select(a => Axis(compiled.Program, a))));
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The same for a comment: equal layers, one after the other, are there once.</summary>
    public static IEnumerable<string> Short(IReadOnlyList<string> lines)
    {
        const int longestBlock = 64;
        foreach (var (first, length, count) in Repetitions.Of(lines, longestBlock, part => part.Count))
        {
            for (var i = first; i < first + length; i++) yield return lines[i];
            if (count > 1) yield return length == 1 ? $"    the line above {count} times" : $"    the {length} lines above {count} times";
        }
    }

    private static string Axis(Program program, (int Axis, int Stride, int Fixed) axis) =>
        axis.Fixed > 0 ? Count(axis.Fixed) : (program.TimeAxes[axis.Axis] with { Stride = axis.Stride }).ToString();

    private static string Signature(Program program) =>
        $"{(program.Kind == ProgramKind.Learn ? "[Learn] " : "")}{program.Name}({string.Join(", ", program.Inputs.Where(i => i.State.Length == 0).Select(i => $"{i.Name}: {Shape(TensorType.Float(true, i.Shape) with { Time = i.Time })}{(i.Classes > 0 ? $" of {English.Count(i.Classes, "class")}" : "")}"))})";

    // One line per expression of the user's: the primitives it became are adjacent.
    private static List<string[]> Rows(Graph.Graph graph)
    {
        var rows = new List<string[]>();
        var seen = new HashSet<string>();
        string? origin = null, layer = null;
        Node? last = null;
        long parameters = 0, flops = 0;
        void Flush()
        {
            if (last is not null && origin!.Length > 0)
                rows.Add([Layer(origin), Shape(last.Type), parameters == 0 ? "" : Count(parameters), flops == 0 ? "" : Count(flops)]);
            (last, layer, parameters, flops) = (null, null, 0, 0);
        }
        foreach (var node in graph.Nodes)
        {
            if (node.Operator is Source) continue;
            // Two equal layers, one after the other, differ in their parameters.
            var reads = node.Inputs.Select(i => graph[i]).Where(n => n.Operator is ParameterRead).ToArray();
            if (node.Origin != origin || (layer is not null && reads.Length > 0 && Owner(reads[0]) != layer)) Flush();
            origin = node.Origin;
            // A parameter counts where it is first used.
            foreach (var read in reads)
            {
                layer ??= Owner(read);
                if (seen.Add(((ParameterRead)read.Operator).Name)) parameters += read.Type.Length;
            }
            last = node;
            flops += Flops(graph, node);
        }
        Flush();
        return rows;
    }

    private static string Owner(Node parameter) => ((ParameterRead)parameter.Operator).Name is var name && name.LastIndexOf('.') is var dot && dot > 0 ? name.Substring(0, dot) : "";

    /// <summary>Of a chain of calls the last: the others have lines of their own.</summary>
    internal static string Layer(string origin)
    {
        const int widest = 48;
        var depth = 0;
        for (var i = origin.Length - 1; i > 0; i--)
        {
            if (origin[i] is ')' or ']') depth++;
            else if (origin[i] is '(' or '[') depth--;
            else if (origin[i] == '.' && depth == 0 && origin[i - 1] == ')')
            {
                origin = origin.Substring(i + 1);
                break;
            }
        }
        return origin.Length <= widest ? origin : origin.Substring(0, widest - 1) + "…";
    }

    /// <summary>Operations for one row: a multiplication and an addition are two; moving elements is none.</summary>
    internal static long Flops(Graph.Graph graph, Node node)
    {
        TensorType Input(int i) => graph[node.Inputs[i]].Type;
        long Taps(WindowGeometry window) => window.AdaptiveHeight > 0 ? Input(0).Length : (long)node.Type.Length * window.KernelHeight * window.KernelWidth;
        switch (node.Operator)
        {
            case Einsum einsum:
                var sizes = new Dictionary<int, long>();
                for (var a = 0; a < einsum.A.Count; a++) sizes[einsum.A[a]] = Input(0)[a];
                for (var b = 0; b < einsum.B.Count; b++) sizes[einsum.B[b]] = Input(1)[b];
                return 2 * sizes.Values.Aggregate(1L, (product, size) => product * size);
            case Convolution:
                return 2L * node.Type.Length * Input(1)[1] * Input(1)[2] * Input(1)[3];
            case AveragePool { Window: var window }:
                return Taps(window);
            case MaxPool { Window: var window }:
                return Taps(window);
            case Reduce:
                return Input(0).Length;
            case Pointwise and not StopGradient:
                return node.Type.Length;
            default:
                return 0;
        }
    }

    private static void AppendRows(StringBuilder text, List<string[]> rows)
    {
        if (rows.Count == 0) return;
        rows.Insert(0, Header);
        var widths = Enumerable.Range(0, Header.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
        {
            // Names to the left, numbers to the right.
            var line = string.Join("  ", row.Select((cell, c) => c < 2 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])));
            text.Append("  ").Append(line.TrimEnd()).Append('\n');
        }
    }

    private static string Shape(TensorType type) =>
        type.Rank + type.Time.Count == 0 ? "1" : string.Join("×", type.Time.Select(t => t.Fixed > 0 ? Count(t.Fixed) : t.ToString()).Concat(type.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture))));

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
