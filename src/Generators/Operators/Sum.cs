namespace Kiln.Generators.Operators;

internal sealed class SumOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Sum"];
    public override object? Apply(DslCall call) => call.Graph.Sum(call.Operand, call.ReducedAxes());
}
