using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class BinaryCrossEntropyOperator : DslOperator
{
    public override IEnumerable<string> Names => ["BinaryCrossEntropy"];

    /// <summary>−t · log x − (1 − t) · log(1 − x).</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x, t, one) = (call.Graph, call.Operand, call.Target("target"), call.Graph.Number(1));
        var hit = graph.Add(new Multiply(), t, graph.Add(new HeldLog(), x));
        var miss = graph.Add(new Multiply(), graph.Add(new Subtract(), one, t), graph.Add(new HeldLog(), graph.Add(new Subtract(), one, x)));
        return graph.Add(new Negate(), graph.Add(new Add(), hit, miss));
    }
}

/// <summary>max(log x, −100): a probability of 0 costs much, not infinitely much. Its derivative is held at 10¹² likewise. As PyTorch has it.</summary>
internal sealed record HeldLog : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Max(-100, Scalar.Log(x[0]));

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Divide(), dy, graph.Add(new Maximum(), graph.Number(1e-12), x[0]))];
}
