using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MatMulOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MatMul"];

    public override object? Apply(DslCall call)
    {
        var (graph, a, b) = (call.Graph, call.Operand, call.Argument<Node>("right", null!));
        if (a.Type.Rank == 0 || b.Type.Rank is not (1 or 2)) throw new ShapeException($"MatMul: expected a vector or a matrix on the right, got {a.Type} and {b.Type}", "right");
        var (last, summed) = (a.Type.Rank - 1, a.Type[a.Type.Rank - 1]);
        if (summed != b.Type[0]) throw new ShapeException($"MatMul: {a.Type} and {b.Type}: the summed axes have {summed} and {b.Type[0]} elements", "right");
        var rows = Enumerable.Range(0, last).ToEquatable();
        return a.Type.Rank == 1 && b.Type.Rank == 1 ? graph.Sum(graph.Add(new Multiply(), a, b), [0])
            : b.Type.Rank == 1 ? graph.Add(new Einsum([.. rows, last], [last], rows), a, b)
            : graph.Add(new Einsum([.. rows, last], [last, last + 1], [.. rows, last + 1]), a, b);
    }
}
