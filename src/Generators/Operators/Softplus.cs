using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SoftplusOperator() : PointwiseOperator("Softplus", new Softplus());

internal sealed record Softplus : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Softplus(x[0]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, graph.Add(new Sigmoid(), x[0]))];
}
