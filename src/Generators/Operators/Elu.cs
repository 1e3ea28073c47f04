using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class EluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Elu"];
    public override object? Apply(DslCall call) => call.Graph.Add(new Elu((float)call.Finite("alpha", 1)), call.Operand);
}

internal sealed record Elu(float Alpha) : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.SelectGreater(x[0], 0, x[0], Alpha * (Scalar.Exp(Scalar.Min(0, x[0])) - 1));

    /// <summary>1 on the right; on the left alpha·eˣ = y + alpha.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, graph.Add(new SelectGreater(), x[0], graph.Number(0), graph.Number(1), graph.Add(new Add(), y, graph.Number(Alpha))))];
}
