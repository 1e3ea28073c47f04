using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MaxPoolChannelsOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MaxPoolChannels"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, group) = (call.Graph, call.Operand, call.Positive("group", 0));
        if (x.Type.Rank == 0 || x.Type[0] % group != 0) throw new ShapeException($"MaxPoolChannels: groups of {group} do not divide the channels of {x.Type}", "group");
        return graph.Add(new Reduce(Reduction.Max, [1]), graph.Add(new Reshape([x.Type[0] / group, group, .. x.Type.Shape.Skip(1)]), x));
    }
}
