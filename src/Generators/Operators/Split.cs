using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SplitOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Split"];

    public override object? Apply(DslCall call)
    {
        var x = call.Operand;
        var (parts, axis) = (call.Positive("parts", 1), call.Axis("axis", 0, x.Type.Rank));
        if (x.Type[axis] % parts != 0) throw new ShapeException($"Split: {parts} equal parts of axis {axis} of {x.Type.Sample}, which has {x.Type[axis]} elements", "parts");
        var length = x.Type[axis] / parts;
        return Enumerable.Range(0, parts).Select(part => call.Graph.Add(new Slice(axis, part * length, length), x)).ToArray();
    }
}
