using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SliceOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Slice"];

    public override object? Apply(DslCall call) =>
        call.Graph.Add(new Slice(call.Axis("axis", 0, call.Operand.Type.Rank), call.Argument("start", 0), call.Argument("length", 0)), call.Operand);
}
