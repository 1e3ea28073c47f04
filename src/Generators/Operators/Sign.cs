using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

internal sealed class SignOperator() : PointwiseOperator("Sign", new Sign());

internal sealed record Sign : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Greater(x[0], 0) - Scalar.Greater(0, x[0]);
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];
}
