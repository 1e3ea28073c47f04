using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ReluOperator() : PointwiseOperator("Relu", new Relu());

internal sealed record Relu : Pointwise
{
    /// <summary>In this order a NaN stays one.</summary>
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Max(0, x[0]);

    /// <summary>By y instead of x, which then need not be kept.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new SelectGreater(), y, graph.Number(0), dy, graph.Number(0))];
}
