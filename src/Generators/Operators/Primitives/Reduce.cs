using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

internal enum Reduction { Sum, Max }

/// <summary>Sum or maximum (NaN where one is among them) over axes of the sample (ascending, distinct); they are removed.</summary>
internal sealed record Reduce(Reduction Kind, EquatableArray<int> Axes) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        foreach (var axis in Axes)
            if (axis < 0 || axis >= inputs[0].Rank) throw new ShapeException($"{Kind}: axis {axis} of {inputs[0].Sample}, which has {inputs[0].Rank}");
        return inputs[0].With(inputs[0].Shape.Where((_, a) => !Axes.Contains(a)));
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        var type = x[0].Type;
        var kept = graph.Add(new Reshape(type.Shape.Select((d, a) => Axes.Contains(a) ? 1 : d).ToEquatable()), dy);
        var wide = graph.Add(new Broadcast(dy.Type.Batched || type.Batched, type.Shape), kept);
        return [Kind == Reduction.Sum ? wide : graph.Add(new Multiply(), wide, graph.Add(new MaxMask(Axes), x[0]))];
    }

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(this with { Axes = Axes.Select(a => a + 1).ToEquatable() }, x);
}

/// <summary>1 at the first maximum (or NaN) over the axes (in row-major order), 0 elsewhere; piecewise constant.</summary>
internal sealed record MaxMask(EquatableArray<int> Axes) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0];

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(new MaxMask(Axes.Select(a => a + 1).ToEquatable()), x);
}

/// <summary>Sum over the live rows of the batch, and over time: the result has no batch axis.</summary>
internal sealed record BatchSum : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) =>
        inputs[0].Batched ? inputs[0] with { Batched = false, Time = [] } : throw new ShapeException($"a sum over the batch of {inputs[0]}, which has no batch axis");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new Broadcast(true, x[0].Type.Shape) { Time = x[0].Type.Time }, dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) => graph.Add(this, x);
}

/// <summary>The index of the first maximum (or NaN) along the last axis, as Int32.</summary>
internal sealed record ArgMaxIndex : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) =>
        inputs[0].Rank > 0 ? inputs[0] with { DType = DType.Int32, Shape = inputs[0].Shape.Items.Take(inputs[0].Rank - 1).ToEquatable() }
            : throw new ShapeException($"ArgMax: {inputs[0]} has no axis");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) => graph.Add(this, x);
}

/// <summary>y[…, k] = 1 where the label is k, else 0.</summary>
internal sealed record OneHotOf(int Classes) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) =>
        inputs[0].DType == DType.Int32 ? inputs[0] with { DType = DType.Float32, Shape = [.. inputs[0].Shape, Classes] }
            : throw new ShapeException($"OneHot: expected labels, got {inputs[0]}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) => graph.Add(this, x);
}
