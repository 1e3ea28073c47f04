using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SliceOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Slice"];

    public override object? Apply(DslCall call)
    {
        var x = call.Operand;
        var (axis, start, length) = (call.Axis("axis", 0, x.Type.Rank), call.Argument("start", 0), call.Positive("length", 0));
        if (start < 0) throw new ShapeException($"Slice: start must be at least 0, got {start}", "start");
        if (length > x.Type[axis] - start) throw new ShapeException($"Slice: {length} elements from {start} on along axis {axis} of {x.Type.Sample}, which has {x.Type[axis]}", start < x.Type[axis] ? "length" : "start");
        return call.Graph.Add(new Slice(axis, start, length), x);
    }
}
