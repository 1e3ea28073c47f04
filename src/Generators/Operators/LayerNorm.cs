using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LayerNormOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LayerNorm"];

    public override object? Apply(DslCall call)
    {
        var (type, last) = (call.Operand.Type, call.Argument("lastAxes", 0));
        if (last < 0 || last > type.Rank) throw new ShapeException($"LayerNorm: expected 0 to {type.Rank} last axes of {type.Sample}, got {last}", "lastAxes");
        EquatableArray<int> axes = Enumerable.Range(last == 0 ? 0 : type.Rank - last, last == 0 ? type.Rank : last).ToEquatable();
        EquatableArray<int> shape = axes.Select(a => type[a]).ToEquatable();
        var y = call.Normalised(call.Operand, axes);
        return call.ScaleAndShift(shape) is (var weight and not null, var bias) ? call.Graph.Add(new ScaleShift(), y, weight, bias!) : y;
    }
}
