using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class HardSwishOperator : DslOperator
{
    public override IEnumerable<string> Names => ["HardSwish"];
    public override object? Apply(DslCall call) => call.Graph.Add(new Multiply(), call.Operand, HardSigmoidOperator.Of(call));
}
