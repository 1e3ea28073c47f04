using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ExpOperator() : PointwiseOperator("Exp", new Exp());

internal sealed record Exp : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Exp(x[0]);
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new Multiply(), dy, y)];
}
