using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Frontend;

/// <summary>Cuts one program out of the graph of all of them.</summary>
internal static class ProgramBuilder
{
    /// <summary>The values that the outputs need, numbered anew in their order; what nothing needs is left out.</summary>
    public static Graph.Graph Extract(GraphBuilder builder, IReadOnlyList<Output> outputs)
    {
        var needed = Needed(builder, outputs.Select(o => o.Node), _ => true);
        var ids = new Dictionary<int, int>();
        var nodes = ImmutableArray.CreateBuilder<Node>();
        foreach (var id in needed.OrderBy(i => i))
        {
            var node = builder[id];
            ids.Add(id, nodes.Count);
            nodes.Add(node with { Id = nodes.Count, Inputs = node.Inputs.Select(i => ids[i]).ToEquatable() });
        }
        return new(new(nodes.ToImmutable()), outputs.Select(o => o with { Node = ids[o.Node] }).ToEquatable());
    }

    /// <summary>Names of the parameters that a graph reads or writes.</summary>
    public static IEnumerable<string> Reached(Graph.Graph graph) =>
        graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>().Select(p => p.Name).Concat(graph.Outputs.Where(o => o.Role is Role.Assign or Role.Update).Select(o => o.Name));

    /// <summary>Names of the states that a program reads or writes.</summary>
    public static IEnumerable<string> Kept(Program program) =>
        program.Graph.Nodes.Select(n => n.Operator).OfType<StateRead>().Select(s => s.Name)
            .Concat(program.Inputs.Select(i => i.State).Where(name => name.Length > 0))
            .Concat(program.Graph.Outputs.Where(o => o.Role is Role.State or Role.SequenceState).Select(o => o.Name));

    /// <summary>Names of the parameters that a value depends on with a gradient: found by differentiating it, on a sheet of its own.</summary>
    public static HashSet<string> Differentiable(GraphBuilder builder, Node value)
    {
        var program = Extract(builder, [new(Role.Loss, "", value.Id)]);
        var sheet = GraphBuilder.From(program);
        var needed = Needed(sheet, [program.Outputs[0].Node], op => op is not StopGradient);
        var reads = program.Nodes.Where(n => n.Operator is ParameterRead && needed.Contains(n.Id)).ToList();
        if (reads.Count == 0) return [];
        var gradients = Autodiff.Gradients(sheet, [(sheet[program.Outputs[0].Node], sheet.Fill(1, value.Type.Shape))], reads);
        return new(reads.Where((_, i) => gradients[i] is not null).Select(n => ((ParameterRead)n.Operator).Name), StringComparer.Ordinal);
    }

    private static HashSet<int> Needed(GraphBuilder builder, IEnumerable<int> from, Func<Operator, bool> follow)
    {
        var needed = new HashSet<int>();
        var open = new Stack<int>(from);
        // Whoever reads the state before a step needs the one after the step before.
        var ends = builder.Nodes.Where(n => n.Operator is NextState).ToDictionary(n => n.Inputs[0], n => n.Id);
        while (open.Count > 0)
        {
            var id = open.Pop();
            if (!needed.Add(id) || !follow(builder[id].Operator)) continue;
            foreach (var input in builder[id].Inputs) open.Push(input);
            if (ends.TryGetValue(id, out var end)) open.Push(end);
        }
        return needed;
    }
}
