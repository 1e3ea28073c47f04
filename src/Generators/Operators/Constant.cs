using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ConstantOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Constant"];

    public override object? Apply(DslCall call)
    {
        var values = call.Argument<float[]>("values", []);
        var shape = call.Shape() is { Count: > 0 } given ? given : [values.Length];
        var length = shape.Aggregate(1L, (n, size) => n * size);
        return length == values.Length && length > 0 ? call.Graph.Add(new Constant(values.ToEquatable(), shape))
            : throw new ShapeException($"Constant: expected {English.Count(length, "value")} for {shape}, got {values.Length}", "values");
    }
}
