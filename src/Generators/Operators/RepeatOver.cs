using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class RepeatOverOperator : DslOperator
{
    public override IEnumerable<string> Names => ["RepeatOver"];

    public override object? Apply(DslCall call)
    {
        var (x, time) = (call.Operand, call.Argument<Node>("time", null!).Type.Time);
        return call.Graph.Add(new Broadcast(true, x.Type.Shape) { Time = TimeAxes.Common("RepeatOver", [x.Type.Time, time]) }, x);
    }
}
