using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class TanhOperator() : PointwiseOperator("Tanh", new Tanh());

internal sealed record Tanh : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Tanh(x[0]);

    /// <summary>1 − y².</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, graph.Add(new Subtract(), graph.Number(1), graph.Add(new Square(), y)))];
}
