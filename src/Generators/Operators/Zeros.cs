namespace Kiln.Generators.Operators;

internal sealed class ZerosOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Zeros"];
    public override object? Apply(DslCall call) => call.Graph.Fill(0, call.Shape());
}
