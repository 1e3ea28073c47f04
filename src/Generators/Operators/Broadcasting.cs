using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>NumPy's rule on the sample's axes: aligned at the right, sizes equal or one of them 1. The batch axis stands apart.</summary>
internal static class Broadcasting
{
    public static TensorType Common(string name, ImmutableArray<TensorType> types)
    {
        var rank = types.Max(t => t.Rank);
        var shape = new int[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var size = 1;
            foreach (var type in types)
            {
                var own = axis - (rank - type.Rank);
                if (own < 0 || type[own] == 1) continue;
                if (size != 1 && size != type[own])
                    throw new ShapeException($"{name}: {string.Join(" and ", types)} do not broadcast: {size} meets {type[own]}, and neither is 1");
                size = type[own];
            }
            shape[axis] = types.Any(t => axis - (rank - t.Rank) is var a && a >= 0 && t[a] == 0) ? 0 : size;
        }
        return TensorType.Float(types.Any(t => t.Batched), shape) with { Time = TimeAxes.Common(name, types.Select(t => t.Time)) };
    }

    /// <summary>Gives mapped operands ones between their new leading axis and their own, so that the leading axes meet.</summary>
    public static IEnumerable<Node> AlignLeading(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped)
    {
        var rank = x.Select((node, i) => mapped[i] ? node.Type.Rank - 1 : node.Type.Rank).Max();
        for (var i = 0; i < x.Length; i++)
        {
            var own = x[i].Type;
            yield return !mapped[i] || own.Rank == rank + 1 ? x[i]
                : graph.Add(new Reshape([own[0], .. Enumerable.Repeat(1, rank + 1 - own.Rank), .. own.Shape.Items.Skip(1)]), x[i]);
        }
    }

    /// <summary>Sums a gradient over the axes along which <paramref name="type"/> was broadcast, time and the batch included.</summary>
    public static Node SumTo(GraphBuilder graph, Node gradient, TensorType type)
    {
        var extra = gradient.Type.Rank - type.Rank;
        var axes = Enumerable.Range(0, gradient.Type.Rank).Where(a => a < extra || (type[a - extra] == 1 && gradient.Type[a] != 1)).ToArray();
        if (axes.Length > 0) gradient = graph.Add(new Reduce(Reduction.Sum, axes.ToEquatable()), gradient);
        if (type.Batched || graph.PerSample)
            foreach (var axis in gradient.Type.Time.Where(a => !type.Time.Contains(a))) gradient = graph.Add(new ReduceTime(Reduction.Sum, axis), gradient);
        if (gradient.Type.Batched && !type.Batched && !graph.PerSample) gradient = graph.Add(new BatchSum(), gradient);
        return gradient.Type.Shape == type.Shape ? gradient : graph.Add(new Reshape(type.Shape), gradient);
    }
}
