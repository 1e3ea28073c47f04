using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class StepOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Step"];
    public override object? Apply(DslCall call) => call.Graph.Add(new Greater(), call.Operand, call.Graph.Number(0));
}
