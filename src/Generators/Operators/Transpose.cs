using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class TransposeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Transpose"];

    public override object? Apply(DslCall call)
    {
        var rank = call.Operand.Type.Rank;
        var axes = call.Argument<int[]>("axes", []);
        int[] order = axes.Length == 0 ? [.. Enumerable.Range(0, rank).Reverse()] : [.. axes.Select(a => a < 0 ? a + rank : a)];
        for (var i = 0; i < order.Length; i++)
            if (order[i] < 0 || order[i] >= rank || Array.IndexOf(order, order[i]) < i) throw Unsuited(i);
        return order.Length == rank ? call.Graph.Add(new Transpose(order.ToEquatable()), call.Operand) : throw Unsuited(null);

        ShapeException Unsuited(int? element) => new($"Transpose: [{string.Join(", ", axes)}] is not a permutation of the {English.Count(rank, "axis")} of {call.Operand.Type.Sample}", "axes", element);
    }
}
