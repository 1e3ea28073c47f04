namespace Kiln.Generators.Operators;

internal sealed class SumOverTimeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["SumOverTime"];
    public override object? Apply(DslCall call) => call.Graph.SumOverTime(call.Time, call.Operand);
}
