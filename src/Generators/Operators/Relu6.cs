using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class Relu6Operator : DslOperator
{
    public override IEnumerable<string> Names => ["Relu6"];

    /// <summary>The derivative at 6 is 0, as at 0.</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, six) = (call.Graph, call.Graph.Number(6));
        var y = graph.Add(new Relu(), call.Operand);
        return graph.Add(new SelectGreater(), six, y, y, six);
    }
}
