using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LeakyReluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LeakyRelu"];
    public override object? Apply(DslCall call) => call.Graph.Add(new LeakyRelu((float)call.Finite("slope", 0.01)), call.Operand);
}

internal sealed record LeakyRelu(float Slope) : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.SelectGreater(x[0], 0, x[0], Slope * x[0]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new SelectGreater(), x[0], graph.Number(0), dy, graph.Scale(dy, Slope))];
}
