using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>The first axis of a tensor becomes an axis of time of fixed length: y at step t is x[t]. Its gradient is the way back.</summary>
/// <param name="Place">Where among the axes of time it comes.</param>
internal sealed record AxisToSteps(TimeAxis Axis, int Place) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0] is { Rank: > 0, Batched: true } x && x[0] == Axis.Fixed
        ? x.With(x.Shape.Skip(1)) with { Time = [.. x.Time.Take(Place), Axis, .. x.Time.Skip(Place)] }
        : throw new ShapeException($"AsSequence: {English.Count(Axis.Fixed, "step")} of {inputs[0]}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new StepsToAxis(Axis), dy)];
}

/// <summary>An axis of time of fixed length becomes the first axis of a tensor. Its gradient is the way back.</summary>
internal sealed record StepsToAxis(TimeAxis Axis) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => Axis.Fixed > 0 && inputs[0].Time.Contains(Axis)
        ? inputs[0].With([Axis.Fixed, .. inputs[0].Shape]) with { Time = inputs[0].Time.Where(a => a != Axis).ToEquatable() }
        : throw new ShapeException($"ToTensor: the steps of {Axis} of {inputs[0]}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new AxisToSteps(Axis, x[0].Type.Time.Items.IndexOf(Axis)), dy)];
}
