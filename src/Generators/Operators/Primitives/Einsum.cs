using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>
/// A product of two tensors, summed over the axes that the result lacks: matrix products, outer products, their
/// gradients. Axes are named by small integers; every axis of an operand occurs in the other or in the result.
/// </summary>
/// <param name="SumBatch">Also sums over the batch (a weight's gradient): both operands have a batch axis, the result has none.</param>
internal sealed record Einsum(EquatableArray<int> A, EquatableArray<int> B, EquatableArray<int> Result, bool SumBatch = false) : Operator
{
    /// <summary><c>Einsum [0] [0, 1] → [1]</c></summary>
    public override string ToString() => $"Einsum {A} {B} → {Result}{(SumBatch ? " over the batch" : "")}";

    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        var sizes = new Dictionary<int, int>();
        foreach (var (labels, type) in new[] { (A, inputs[0]), (B, inputs[1]) })
        {
            if (labels.Count != type.Rank) throw new ShapeException($"MatMul: {type} where a tensor of rank {labels.Count} was expected");
            for (var a = 0; a < labels.Count; a++)
                if (sizes.TryGetValue(labels[a], out var size) && size != type[a]) throw new ShapeException($"MatMul: {inputs[0]} and {inputs[1]}: the summed axes have {size} and {type[a]} elements");
                else sizes[labels[a]] = type[a];
        }
        return TensorType.Float(!SumBatch && (inputs[0].Batched || inputs[1].Batched), Result.Select(l => sizes[l]));
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
    [
        graph.Add(new Einsum(Result, B, A, SumsBatch(graph, dy, x[1], x[0])), dy, x[1]),
        graph.Add(new Einsum(Result, A, B, SumsBatch(graph, dy, x[0], x[1])), dy, x[0]),
    ];

    private static bool SumsBatch(GraphBuilder graph, Node dy, Node other, Node target) =>
        !graph.PerSample && !target.Type.Batched && dy.Type.Batched && other.Type.Batched;

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size)
    {
        var fresh = A.Concat(B).Max() + 1;
        EquatableArray<int> Lead(EquatableArray<int> labels, bool lead) => lead ? [fresh, .. labels] : labels;
        return graph.Add(new Einsum(Lead(A, mapped[0]), Lead(B, mapped[1]), Lead(Result, true), SumBatch), x);
    }
}
