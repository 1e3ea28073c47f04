using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Passes;

/// <summary>What no output needs is left out. Inputs of the program stay declared even where they are not read.</summary>
internal static class DropDead
{
    public static Graph.Graph Run(Graph.Graph source)
    {
        var live = new bool[source.Nodes.Count];
        foreach (var output in source.Outputs) live[output.Node] = true;
        var ends = source.Nodes.Where(n => n.Operator is NextState).ToArray();
        for (var again = true; again;)
        {
            for (var id = live.Length - 1; id >= 0; id--)
                if (live[id])
                    foreach (var input in source[id].Inputs) live[input] = true;
            // Whoever reads the state before a step needs the one after the step before.
            again = false;
            foreach (var end in ends.Where(e => !live[e.Id] && live[e.Inputs[0]])) again = live[end.Id] = true;
        }

        var graph = new GraphBuilder();
        var map = new Node?[live.Length];
        foreach (var node in source.Nodes)
        {
            if (!live[node.Id]) continue;
            graph.Origin = node.Origin;
            map[node.Id] = graph.Add(node.Operator, [.. node.Inputs.Select(i => map[i]!)]);
        }

        return graph.Build(source.Outputs.Select(o => o with { Node = map[o.Node]!.Id }));
    }
}
