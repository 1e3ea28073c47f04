using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AbsOperator() : PointwiseOperator("Abs", new Abs());

internal sealed record Abs : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Abs(x[0]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, graph.Add(new Sign(), x[0]))];
}
