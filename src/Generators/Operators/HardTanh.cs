using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class HardTanhOperator() : PointwiseOperator("HardTanh", new HardTanh());

internal sealed record HardTanh : Pointwise
{
    /// <summary>In this order a NaN stays one.</summary>
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Min(1, Scalar.Max(-1, x[0]));

    /// <summary>0 at both ends.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new SelectGreater(), graph.Number(1), graph.Add(new Abs(), y), dy, graph.Number(0))];
}
