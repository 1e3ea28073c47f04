using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class Relu6Operator() : PointwiseOperator("Relu6", new Relu6());

internal sealed record Relu6 : Pointwise
{
    /// <summary>In this order a NaN stays one.</summary>
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Min(6, Scalar.Max(0, x[0]));

    /// <summary>0 at both ends.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        var zero = graph.Number(0);
        return [graph.Add(new SelectGreater(), y, zero, graph.Add(new SelectGreater(), graph.Number(6), y, dy, zero), zero)];
    }
}
