using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class Upsample2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Upsample2D"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, factor) = (call.Graph, call.Image(), call.Sizes("factor", Windows.Space.Image, [0]));
        _ = checked(x.Type.Length * factor[0] * factor[1]);   // before numbers are made for each new pixel
        for (var a = 0; a < 2; a++) x = call.Argument("mode", Interpolation.Nearest) == Interpolation.Nearest ? Repeated(graph, x, a + 1, factor[a]) : Stretched(graph, x, a + 1, factor[a]);
        return x;
    }

    private static Node Repeated(GraphBuilder graph, Node x, int axis, int factor)
    {
        if (factor == 1) return x;
        var parted = graph.Add(new Reshape(Parted(x, axis, 1)), x);
        return Joined(graph, graph.Add(new Broadcast(x.Type.Batched, Parted(x, axis, factor)), parted), axis);
    }

    /// <summary>
    /// The r-th of the factor's new pixels within an old one lies (r + ½) / factor − ½ from its centre: it is between that pixel and the one
    /// before or after, of which the outermost stand in for those beyond them.
    /// </summary>
    private static Node Stretched(GraphBuilder graph, Node x, int axis, int factor)
    {
        if (factor == 1) return x;
        var size = x.Type[axis];
        var (before, after) = (x, x);
        if (size > 1)
        {
            before = graph.Add(new Concat(axis), graph.Add(new Slice(axis, 0, 1), x), graph.Add(new Slice(axis, 0, size - 1), x));
            after = graph.Add(new Concat(axis), graph.Add(new Slice(axis, 1, size - 1), x), graph.Add(new Slice(axis, size - 1, 1), x));
        }
        var shifts = Enumerable.Range(0, factor).Select(r => (r + 0.5) / factor - 0.5).ToArray();
        var y = graph.Add(new Add(), Times(before, shift => Math.Max(0, -shift)), Times(x, shift => 1 - Math.Abs(shift)));
        return Joined(graph, graph.Add(new Add(), y, Times(after, shift => Math.Max(0, shift))), axis);

        Node Times(Node value, Func<double, double> weight)
        {
            var weights = new Constant([.. shifts.Select(shift => (float)weight(shift))], [factor, .. Enumerable.Repeat(1, x.Type.Rank - axis - 1)]);
            return graph.Add(new Multiply(), graph.Add(new Reshape(Parted(x, axis, 1)), value), graph.Add(weights));
        }
    }

    /// <summary>The shape with an axis of so many more after this one.</summary>
    private static EquatableArray<int> Parted(Node x, int axis, int parts) => [.. x.Type.Shape.Take(axis + 1), parts, .. x.Type.Shape.Skip(axis + 1)];

    private static Node Joined(GraphBuilder graph, Node parted, int axis) =>
        graph.Add(new Reshape([.. parted.Type.Shape.Take(axis), parted.Type[axis] * parted.Type[axis + 1], .. parted.Type.Shape.Skip(axis + 2)]), parted);
}

/// <summary>How values between pixels come about; the language's enum of this name.</summary>
internal enum Interpolation
{
    Nearest,
    Bilinear,
}
