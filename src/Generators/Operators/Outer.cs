using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class OuterOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Outer"];

    public override object? Apply(DslCall call)
    {
        var (a, b) = (call.Operand, call.Argument<Node>("right", null!));
        return a.Type.Rank == 1 && b.Type.Rank == 1 ? call.Graph.Add(new Einsum([0], [1], [0, 1]), a, b)
            : throw new ShapeException($"Outer: expected two vectors, got {a.Type} and {b.Type}", "right");
    }
}
