using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ReverseOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Reverse"];
    public override object? Apply(DslCall call) => call.Graph.Add(new ReverseTime(call.Graph.OfCaller("Reverse", call.Time)), call.Operand);
}
