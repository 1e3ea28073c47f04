using System.Globalization;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Graph;

/// <summary>A graph as text: one line per value with its type and the expression it came from, then the outputs.</summary>
internal static class GraphPrinter
{
    public static void Print(Graph graph, TextWriter writer)
    {
        foreach (var node in graph.Nodes)
        {
            var line = $"%{node.Id} = {Name(node)}({string.Join(", ", node.Inputs.Select(i => "%" + i))}) : {node.Type}";
            writer.WriteLine(node.Origin.Length == 0 ? line : $"{line,-72} // {node.Origin.Replace("\n", " ").Replace("\r", "")}");
        }

        foreach (var output in graph.Outputs)
            writer.WriteLine($"{$"{output.Role} {output.Name}".TrimEnd()} = %{output.Node}");
    }

    public static string Print(Graph graph)
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Print(graph, writer);
        return writer.ToString();
    }

    /// <summary>The operator with its attributes; of a long constant only the first values.</summary>
    private static string Name(Node node)
    {
        if (node.Operator is Constant constant)
            return $"Constant [{string.Join(", ", constant.Values.Take(4).Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}{(constant.Values.Count > 4 ? $", … {constant.Values.Count} in all" : "")}]";
        return node.Operator.ToString().Replace(" {  }", "").Replace(" { }", "");
    }
}
