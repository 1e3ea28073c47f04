namespace Kiln.Generators.Operators;

internal sealed class OnesOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Ones"];
    public override object? Apply(DslCall call) => call.Graph.Fill(1, call.Shape());
}
