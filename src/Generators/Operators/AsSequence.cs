using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AsSequenceOperator : DslOperator
{
    public override IEnumerable<string> Names => ["AsSequence"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        var (given, rank) = (call.Argument("axis", 0), x.Type.Rank);
        var axis = given < 0 ? given + rank : given;
        if (axis < 0 || axis >= rank) throw new ShapeException($"AsSequence: {x.Type.Sample} has no axis {given}", "axis");
        if (axis > 0) x = graph.Add(new Transpose([axis, .. Enumerable.Range(0, rank).Where(a => a != axis)]), x);
        if (!x.Type.Batched) x = graph.Add(new Broadcast(true, x.Type.Shape), x);
        return graph.Add(new AxisToSteps(new TimeAxis($"axis{graph.Nodes.Count}", Fixed: x.Type[0]), x.Type.Time.Count), x);
    }
}
