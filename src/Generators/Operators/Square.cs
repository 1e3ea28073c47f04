using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SquareOperator() : PointwiseOperator("Square", new Square());

internal sealed record Square : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0] * x[0];

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, graph.Scale(x[0], 2))];
}
