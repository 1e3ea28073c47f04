namespace Kiln.Generators.Operators;

internal sealed class MeanOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Mean"];
    public override object? Apply(DslCall call) => call.Graph.Mean(call.Operand, call.ReducedAxes());
}
