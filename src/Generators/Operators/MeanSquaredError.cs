namespace Kiln.Generators.Operators;

internal sealed class MeanSquaredErrorOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MeanSquaredError"];
    public override object? Apply(DslCall call) => call.Graph.Mean(SquaredErrorOperator.Of(call), [.. Enumerable.Range(0, call.Operand.Type.Rank)]);
}
