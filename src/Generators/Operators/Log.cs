using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LogOperator() : PointwiseOperator("Log", new Log());

internal sealed record Log : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Log(x[0]);
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new Divide(), dy, x[0])];
}
