using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class BinaryCrossEntropyWithLogitsOperator : DslOperator
{
    public override IEnumerable<string> Names => ["BinaryCrossEntropyWithLogits"];
    public override object? Apply(DslCall call) => call.Graph.Add(new LogisticLoss(), call.Operand, call.Target("target"));
}

/// <summary>(x, t) → softplus(x) − t·x.</summary>
internal sealed record LogisticLoss : Pointwise
{
    /// <summary>As max(x, 0) − t·x + log(1 + e^−|x|): exact also where softplus(x) and x nearly cancel.</summary>
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Max(0, x[0]) - x[1] * x[0] + Scalar.Softplus(-Scalar.Abs(x[0]));

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
    [
        graph.Add(new Multiply(), dy, graph.Add(new Subtract(), graph.Add(new Sigmoid(), x[0]), x[1])),
        graph.Add(new Negate(), graph.Add(new Multiply(), dy, x[0])),
    ];
}
