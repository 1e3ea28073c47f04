using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SiluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Silu"];

    public override object? Apply(DslCall call) => call.Graph.Add(new Multiply(), call.Operand, call.Graph.Add(new Sigmoid(), call.Operand));
}
