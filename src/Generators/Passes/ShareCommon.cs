using Kiln.Generators.Graph;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Passes;

/// <summary>The same operator on the same inputs is computed once. Random draws stay apart.</summary>
internal static class ShareCommon
{
    public static Graph.Graph Run(Graph.Graph source)
    {
        var graph = new GraphBuilder();
        var seen = new Dictionary<(Operator, EquatableArray<int>), Node>();
        var map = new Node[source.Nodes.Count];
        foreach (var node in source.Nodes)
        {
            var key = (node.Operator, node.Inputs.Select(i => map[i].Id).ToEquatable());
            if (node.Operator.IsPure && seen.TryGetValue(key, out var same))
            {
                map[node.Id] = same;
                continue;
            }

            graph.Origin = node.Origin;
            map[node.Id] = seen[key] = graph.Add(node.Operator, [.. node.Inputs.Select(i => map[i])]);
        }

        return graph.Build(source.Outputs.Select(o => o with { Node = map[o.Node].Id }));
    }
}
