using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class HingeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Hinge"];

    public override object? Apply(DslCall call)
    {
        var graph = call.Graph;
        return graph.Add(new Relu(), graph.Add(new Subtract(), graph.Number(1), graph.Add(new Multiply(), call.Target("target"), call.Operand)));
    }
}
