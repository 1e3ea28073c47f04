namespace Kiln.Generators.Operators;

internal sealed class LogSoftmaxOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LogSoftmax"];
    public override object? Apply(DslCall call) => call.Graph.LogSoftmax(call.Operand, call.Axis("axis", -1, call.Operand.Type.Rank));
}
