using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>
/// A product of two tensors, summed over the axes that the result lacks: matrix products, outer products, their
/// gradients. Axes are named by small integers; every axis of an operand occurs in the other or in the result.
/// </summary>
/// <param name="SumBatch">Also sums over the batch and over time (a weight's gradient): both operands have a batch axis, the result has none.</param>
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
        if (SumBatch && inputs[0].Time != inputs[1].Time) throw new ShapeException($"MatMul: a sum over the batch of {inputs[0]} and {inputs[1]}, which have other times");
        var result = TensorType.Float(!SumBatch && (inputs[0].Batched || inputs[1].Batched), Result.Select(l => sizes[l]));
        return SumBatch ? result : result with { Time = TimeAxes.Common("MatMul", inputs.Select(i => i.Time)) };
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [Gradient(graph, dy, x[1], x[0], B, A), Gradient(graph, dy, x[0], x[1], A, B)];

    /// <summary>The gradient of one operand, from dy and the other one.</summary>
    private Node Gradient(GraphBuilder graph, Node dy, Node other, Node target, EquatableArray<int> otherLabels, EquatableArray<int> targetLabels)
    {
        // Steps that meet the same value of the other operand, and sum to the same one of the target, are summed first.
        foreach (var axis in dy.Type.Time.Where(a => !other.Type.Time.Contains(a) && !target.Type.Time.Contains(a))) dy = graph.Add(new ReduceTime(Reduction.Sum, axis), dy);
        return graph.Add(new Einsum(Result, otherLabels, targetLabels, SumsBatch(graph, dy, other, target)), dy, other);
    }

    private static bool SumsBatch(GraphBuilder graph, Node dy, Node other, Node target) =>
        !graph.PerSample && !target.Type.Batched && dy.Type.Batched && other.Type.Batched;

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size)
    {
        var fresh = A.Concat(B).Max() + 1;
        EquatableArray<int> Lead(EquatableArray<int> labels, bool lead) => lead ? [fresh, .. labels] : labels;
        return graph.Add(new Einsum(Lead(A, mapped[0]), Lead(B, mapped[1]), Lead(Result, true), SumBatch), x);
    }
}
