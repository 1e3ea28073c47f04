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
        var order = (axes.Length == 0 ? Enumerable.Range(0, rank).Reverse() : axes.Select(a => a < 0 ? a + rank : a)).ToEquatable();
        return order.OrderBy(a => a).SequenceEqual(Enumerable.Range(0, rank)) ? call.Graph.Add(new Transpose(order), call.Operand)
            : throw new ShapeException($"Transpose: [{string.Join(", ", axes)}] is not a permutation of the {rank} axes of {call.Operand.Type}", "axes");
    }
}
