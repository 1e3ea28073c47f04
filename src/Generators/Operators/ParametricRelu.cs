using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ParametricReluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["ParametricRelu"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, perChannel) = (call.Graph, call.Operand, call.Argument("perChannel", true));
        if (perChannel && x.Type.Rank == 0) throw new ShapeException($"ParametricRelu: expected channels, at least one axis per sample, got {x.Type}");
        var count = perChannel ? x.Type[0] : 1;
        var weight = call.Parameter("weight", [count], ParameterKind.Plain, count, count, Initializer.Ones, scale: call.Finite("slope", 0.25));
        weight = perChannel ? graph.PerChannel(weight, x.Type.Rank) : graph.Add(new Reshape([]), weight);
        return graph.Add(new SelectGreater(), x, graph.Number(0), x, graph.Add(new Multiply(), weight, x));
    }
}
