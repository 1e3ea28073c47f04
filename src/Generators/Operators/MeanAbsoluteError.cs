namespace Kiln.Generators.Operators;

internal sealed class MeanAbsoluteErrorOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MeanAbsoluteError"];
    public override object? Apply(DslCall call) => call.Graph.Mean(AbsoluteErrorOperator.Of(call), [.. Enumerable.Range(0, call.Operand.Type.Rank)]);
}
