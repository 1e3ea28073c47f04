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
        return call.Graph.Add(new Transpose((axes.Length == 0 ? Enumerable.Range(0, rank).Reverse() : axes.Select(a => a < 0 ? a + rank : a)).ToEquatable()), call.Operand);
    }
}
