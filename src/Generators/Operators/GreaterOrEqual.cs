using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class GreaterOrEqualOperator() : BinaryOperator("op_GreaterThanOrEqual", new GreaterOrEqual());

/// <summary>1 where a ≥ b, 0 elsewhere and where one is not a number.</summary>
internal sealed record GreaterOrEqual : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Greater(x[0], x[1]) + Scalar.Equal(x[0], x[1]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null, null];
}
