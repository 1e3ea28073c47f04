using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class GroupNormOperator : DslOperator
{
    public override IEnumerable<string> Names => ["GroupNorm"];

    public override object? Apply(DslCall call)
    {
        var (type, groups) = (call.Operand.Type, call.Positive("groups", 0));
        if (type.Rank == 0) throw new ShapeException($"GroupNorm: expected at least one axis per sample, got {type}");
        return type[0] % groups == 0 ? Of(call, groups) : throw new ShapeException($"GroupNorm: {groups} groups do not divide the channels of {type}", "groups");
    }

    public static Node Of(DslCall call, int groups)
    {
        var (graph, type) = (call.Graph, call.Operand.Type);
        var parted = graph.Add(new Reshape([groups, type[0] / groups, .. type.Shape.Skip(1)]), call.Operand);
        var y = graph.Add(new Reshape(type.Shape), call.Normalised(parted, Enumerable.Range(1, type.Rank).ToEquatable()));
        return call.ScaleAndShift([type[0]]) is (var weight and not null, var bias) ? graph.Add(new ScaleShift(), y, graph.PerChannel(weight, type.Rank), graph.PerChannel(bias!, type.Rank)) : y;
    }
}
