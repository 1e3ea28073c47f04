using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SpatialDropoutOperator : DslOperator
{
    public override IEnumerable<string> Names => ["SpatialDropout"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        if (x.Type.Rank < 2) throw new ShapeException($"SpatialDropout: expected channels and at least one more axis per sample, got {x.Type}");
        return DropoutOperator.Of(call, [x.Type[0], .. Enumerable.Repeat(1, x.Type.Rank - 1)]);
    }
}
