using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class PadOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Pad"];

    public override object? Apply(DslCall call) =>
        call.Graph.Add(new Pad(call.Axis("axis", 0, call.Operand.Type.Rank), Zeros(call, "before"), Zeros(call, "after")), call.Operand);

    private static int Zeros(DslCall call, string name) => call.Argument(name, 0) is var n && n >= 0 ? n : throw new ShapeException($"Pad: {name} must be at least 0, got {n}", name);
}
