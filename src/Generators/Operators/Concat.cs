using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ConcatOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Concat"];

    public override object? Apply(DslCall call)
    {
        Node[] parts = call.Receiver is { } first ? call.Argument<Node?>("everyStep", null) is { } same ? [first, same] : [first, .. call.Argument<Node[]>("others", [])] : call.Argument<Node[]>("parts", []);
        if (parts.Length == 0) throw new ShapeException("Concat: expected at least one part, got none", "parts");
        return call.Graph.Add(new Concat(call.Axis("axis", 0, parts[0].Type.Rank)), parts);
    }
}
