using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SqrtOperator() : PointwiseOperator("Sqrt", new Sqrt());

internal sealed record Sqrt : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Sqrt(x[0]);

    /// <summary>1 / (2y).</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Divide(), graph.Scale(dy, 0.5), y)];
}
