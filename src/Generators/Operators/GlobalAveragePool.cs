namespace Kiln.Generators.Operators;

internal sealed class GlobalAveragePoolOperator : DslOperator
{
    public override IEnumerable<string> Names => ["GlobalAveragePool"];

    public override object? Apply(DslCall call) => call.Graph.Mean(call.Operand, call.InnerAxes());
}
