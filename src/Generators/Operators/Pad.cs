using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class PadOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Pad"];

    public override object? Apply(DslCall call) =>
        call.Graph.Add(new Pad(call.Axis("axis", 0, call.Operand.Type.Rank), call.Argument("before", 0), call.Argument("after", 0)), call.Operand);
}
