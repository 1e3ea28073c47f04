namespace Kiln.Generators.Operators;

internal sealed class CausalWindowOperator : DslOperator
{
    public override IEnumerable<string> Names => ["CausalWindow"];

    public override object? Apply(DslCall call)
    {
        var (size, dilation) = (call.Positive("size", 1), call.Positive("dilation", 1));
        return call.Graph.Neighbours(call.Time, call.Operand, Enumerable.Range(0, size).Select(k => checked(dilation * (k - (size - 1)))));
    }
}
