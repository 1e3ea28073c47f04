using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class StackOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Stack"];

    public override object? Apply(DslCall call)
    {
        var parts = call.Argument<Node[]>("parts", []);
        if (parts.Length == 0) throw new ShapeException("Stack: at least one part expected, none came", "parts");
        foreach (var part in parts)
            if (part.Type.Shape != parts[0].Type.Shape) throw new ShapeException($"Stack: parts of one shape expected, {parts[0].Type} and {part.Type} came", "parts");
        var axis = call.Axis("axis", 0, parts[0].Type.Rank + 1);
        var shape = parts[0].Type.Shape.Items.Insert(axis, 1).ToEquatable();
        return call.Graph.Add(new Concat(axis), [.. parts.Select(part => call.Graph.Add(new Reshape(shape), part))]);
    }
}
