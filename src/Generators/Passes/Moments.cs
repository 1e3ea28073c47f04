using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Passes;

/// <summary>
/// Sums of squared differences to the mean over batch and pixels, as normalisation takes them, from the moments of each sample: those are
/// gathered while the sample is in the cache, right after the convolution that it comes from, where the mean over the batch would have to be
/// known first. With n pixels, Σ (x − mean)² = Σ over samples of [Σ (x − own mean)² + n · (own mean − mean)²]: Chan, Golub and LeVeque 1983,
/// "Algorithms for computing the sample variance".
/// </summary>
internal static class Moments
{
    public static Graph.Graph Run(Graph.Graph source)
    {
        var graph = new GraphBuilder();
        var map = new Node[source.Nodes.Count];
        foreach (var node in source.Nodes)
        {
            graph.Origin = node.Origin;
            map[node.Id] = Differences(source, node) is { } centred
                ? OfSamples(graph, map[centred.Inputs[0]])
                : graph.Add(node.Operator, [.. node.Inputs.Select(i => map[i])]);
        }
        return graph.Build(source.Outputs.Select(o => o with { Node = map[o.Node].Id }));
    }

    /// <summary>The differences whose squares the node sums, over the batch and all pixels; null where it is something else.</summary>
    private static Node? Differences(Graph.Graph graph, Node node)
    {
        if (node.Operator is not BatchSum || graph[node.Inputs[0]] is not { Operator: Reduce { Kind: Reduction.Sum } reduce } sum) return null;
        if (graph[sum.Inputs[0]] is not { Operator: Square } square || graph[square.Inputs[0]] is not { Operator: Centred, Type: { Batched: true } type } centred) return null;
        return type.Length > type[0] && reduce.Axes.Count == type.Rank - 1 && !reduce.Axes.Contains(0) ? centred : null;
    }

    private static Node OfSamples(GraphBuilder graph, Node x)
    {
        EquatableArray<int> pixels = Enumerable.Range(1, x.Type.Rank - 1).ToEquatable();
        var area = x.Type.Length / x.Type[0];
        var sum = graph.Sum(x, pixels);
        // Differences n times as large, by whole numbers alone: kernels for images of other sizes are the same one, and nothing is divided pixel by pixel.
        var within = graph.Sum(graph.Add(new Square(), graph.Add(new Subtract(), graph.Scale(x, area), graph.PerChannel(sum, x.Type.Rank))), pixels);
        var between = graph.Add(new Square(), graph.Add(new Subtract(), sum, graph.Add(new Divide(), graph.Add(new BatchSum(), sum), graph.Add(new LiveRows()))));
        return Part(graph.Add(new Add(), Part(graph.Add(new BatchSum(), within)), graph.Add(new BatchSum(), between)));

        Node Part(Node value) => graph.Add(new Divide(), value, graph.Number(area));
    }
}
