namespace Kiln.Generators.Operators;

internal sealed class IdentityOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Identity"];
    public override object? Apply(DslCall call) => call.Operand;
}
