using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class DenseOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Dense"];

    /// <summary>
    /// The argument "tied" is the weight [n, units] of the layer that this one is the transposed of; it then maps units
    /// to n, and only its bias is its own.
    /// </summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        if (x.Type.Rank == 0) throw new ShapeException($"Dense: expected at least one axis per sample, got {x.Type}");
        var (last, inputs) = (x.Type.Rank - 1, x.Type[x.Type.Rank - 1]);
        var tied = call.Argument<Node?>("tied", null);
        var units = tied?.Type[0] ?? call.Positive("units", 0);
        if (tied is not null && tied.Type[1] != inputs) throw new ShapeException($"Dense: the transposed layer expects {English.Count(tied.Type[1], "input")}, got {x.Type}");
        var weight = tied ?? call.Parameter("weight", [inputs, units], ParameterKind.DenseWeight, inputs, units, Initializer.Default);
        EquatableArray<int> rows = Enumerable.Range(0, last).ToEquatable();
        var y = graph.Add(new Einsum([.. rows, last], tied is null ? [last, last + 1] : [last + 1, last], [.. rows, last + 1]), x, weight);
        return call.Argument("bias", true) ? graph.Add(new Add(), y, call.Parameter("bias", [units], ParameterKind.Bias, inputs, units, Initializer.Zeros)) : y;
    }
}
