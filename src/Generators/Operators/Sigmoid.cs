using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SigmoidOperator() : PointwiseOperator("Sigmoid", new Sigmoid());

internal sealed record Sigmoid : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Sigmoid(x[0]);

    /// <summary>y·(1 − y).</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, graph.Add(new Multiply(), y, graph.Add(new Subtract(), graph.Number(1), y)))];
}
