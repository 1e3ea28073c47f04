using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class StackOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Stack"];

    public override object? Apply(DslCall call)
    {
        var parts = call.Argument<Node[]>("parts", []);
        if (parts.Length == 0) throw new ShapeException("Stack: expected at least one part, got none", "parts");
        foreach (var part in parts)
            if (part.Type.Shape != parts[0].Type.Shape) throw new ShapeException($"Stack: expected parts of one shape, got {parts[0].Type} and {part.Type}", "parts");
        var axis = call.Axis("axis", 0, parts[0].Type.Rank + 1);
        var shape = parts[0].Type.Shape.Items.Insert(axis, 1).ToEquatable();
        return call.Graph.Add(new Concat(axis), [.. parts.Select(part => call.Graph.Add(new Reshape(shape), part))]);
    }
}
