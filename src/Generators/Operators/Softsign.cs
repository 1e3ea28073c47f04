using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SoftsignOperator() : PointwiseOperator("Softsign", new Softsign());

internal sealed record Softsign : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0] / (1 + Scalar.Abs(x[0]));

    /// <summary>1 / (1 + |x|)², without the difference that the quotient's rule has.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        var denominator = graph.Add(new Add(), graph.Number(1), graph.Add(new Abs(), x[0]));
        return [graph.Add(new Divide(), graph.Add(new Divide(), dy, denominator), denominator)];
    }
}
