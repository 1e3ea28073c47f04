using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LeakyReluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LeakyRelu"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        return graph.Add(new SelectGreater(), x, graph.Number(0), x, graph.Scale(x, call.Argument("slope", 0.01)));
    }
}
