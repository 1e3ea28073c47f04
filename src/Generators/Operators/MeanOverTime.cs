namespace Kiln.Generators.Operators;

internal sealed class MeanOverTimeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MeanOverTime"];
    public override object? Apply(DslCall call) => call.Graph.MeanOverTime(call.Time, call.Operand);
}
