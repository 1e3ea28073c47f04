using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>The number of live steps of each sample, as a number.</summary>
internal sealed record Lengths(TimeAxis Axis) : Source
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => TensorType.Float(true, []);
}

/// <summary>The number of the step, from 0: the same for all samples.</summary>
internal sealed record StepNumber(TimeAxis Axis) : Source
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => TensorType.Float(true, []) with { Time = [Axis] };
}

/// <summary>An operator that has to do with time: there is no form of it with one more axis for Jacobians.</summary>
internal abstract record Temporal : Operator
{
    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        throw new ShapeException("Gradient: the derivative of a tensor that is computed from steps of time is not available; that of a number is", "x");

    /// <summary>The type with the axis as its last one.</summary>
    protected static TensorType Over(TensorType type, TimeAxis axis) => type with { Batched = true, Time = [.. type.Time, axis] };
}

/// <summary>
/// Sum or maximum over all steps of an axis, which is removed. Dead steps count: what is live is chosen before.
/// </summary>
internal sealed record ReduceTime(Reduction Kind, TimeAxis Axis) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0].Time.Contains(Axis) ? inputs[0] with { Time = inputs[0].Time.Where(a => a != Axis).ToEquatable() }
        : throw new ShapeException($"a {Kind} over {Axis} of {inputs[0]}, which does not run over it");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => Kind == Reduction.Sum
        ? [graph.Add(new Broadcast(true, dy.Type.Shape) { Time = x[0].Type.Time }, dy)]
        : throw new ShapeException("a maximum over time is differentiated as a scan");
}

/// <summary>
/// The state of a recurrence before each step: y₀ = x, and then what <see cref="NextState"/> of the same loop had in the step before. Backward, the last step
/// comes first. The two are a cycle that the list of values does not show; whatever lies between them runs step by step.
/// </summary>
/// <param name="Loop">A name that only these two share.</param>
/// <param name="Outer">Axes of the loops around this one.</param>
internal sealed record PreviousState(string Loop, TimeAxis Axis, bool Backward, EquatableArray<TimeAxis> Outer) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => Over(inputs[0] with { Time = TimeAxes.Common("Scan", [inputs[0].Time, Outer]) }, Axis);

    /// <summary>Autodiff takes the two of a loop together.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];
}

/// <summary>(the state before each step, the state after it) → the latter; closes the loop.</summary>
internal sealed record NextState(string Loop) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[1] == inputs[0] ? inputs[1]
        : throw new ShapeException($"Scan: the state is {Step(inputs[0])} before a step and {Step(inputs[1])} after it");

    private static string Step(TensorType type) => type with { Time = [] } is var step && type.DType == DType.Float32 ? step.Sample : step.ToString();

    /// <inheritdoc cref="PreviousState.Gradient"/>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null, null];
}

/// <summary>The state that a recurrence ends with, from its <see cref="NextState"/>: after the last step, or backward after the first.</summary>
internal sealed record FinalState(TimeAxis Axis) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0].Time is { Count: > 0 } time && time[time.Count - 1] == Axis
        ? inputs[0] with { Time = time.Take(time.Count - 1).ToEquatable() }
        : throw new ShapeException($"the state after {Axis} of {inputs[0]}");

    /// <inheritdoc cref="PreviousState.Gradient"/>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];
}

/// <summary>
/// y[t] = x[t + Offset] where both steps are live, zero elsewhere: of neighbours in time, of a delay. Its gradient is the shift back.
/// </summary>
internal sealed record ShiftTime(TimeAxis Axis, int Offset) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0].Time.Contains(Axis) ? inputs[0] : throw new ShapeException($"Shift: {inputs[0]} does not run over {Axis}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(this with { Offset = -Offset }, dy)];
}

/// <summary>y[t] = x[length − 1 − t] where t is live, zero elsewhere. It is its own gradient.</summary>
internal sealed record ReverseTime(TimeAxis Axis) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0].Time.Contains(Axis) ? inputs[0] : throw new ShapeException($"Reverse: {inputs[0]} does not run over {Axis}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(this, dy)];
}

/// <summary>Every Stride-th step of an axis, from the first on; its steps are ⌈T/Stride⌉.</summary>
internal sealed record EveryStep(TimeAxis Axis, int Stride) : Temporal
{
    public TimeAxis Result => Axis with { Stride = Axis.Stride * Stride };

    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0].Time.Contains(Axis) ? inputs[0] with { Time = inputs[0].Time.Select(a => a == Axis ? Result : a).ToEquatable() }
        : throw new ShapeException($"Window: {inputs[0]} does not run over {Axis}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new SpreadSteps(Axis, Stride), dy)];
}

/// <summary>The gradient of <see cref="EveryStep"/>: the steps of ⌈T/Stride⌉ at every Stride-th step of T, zero at the others.</summary>
internal sealed record SpreadSteps(TimeAxis Axis, int Stride) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0] with { Time = inputs[0].Time.Select(a => a == Axis with { Stride = Axis.Stride * Stride } ? Axis : a).ToEquatable() };

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new EveryStep(Axis, Stride), dy)];
}

/// <summary>
/// The same steps along an axis of the same lengths: as a sequence attends to itself, it runs over t and over t′. The gradient is the way back.
/// </summary>
internal sealed record RenameAxis(TimeAxis Axis, TimeAxis Result) : Temporal
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0].Time.Contains(Axis) && !inputs[0].Time.Contains(Result) && Axis with { Copy = 0 } == Result with { Copy = 0 }
        ? inputs[0] with { Time = inputs[0].Time.Select(a => a == Axis ? Result : a).ToEquatable() }
        : throw new ShapeException($"{Axis} as {Result} of {inputs[0]}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new RenameAxis(Result, Axis), dy)];
}

/// <summary>(a matrix [rows, columns], whole numbers) → the matrix's row of each number: an embedding, and the product of a one-hot vector that is never made.</summary>
internal sealed record GatherRows : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0] is { Rank: 2, Batched: false } && inputs[1].DType == DType.Int32
        ? inputs[1] with { DType = DType.Float32, Shape = [.. inputs[1].Shape, inputs[0][1]] }
        : throw new ShapeException($"Embedding: a matrix and whole numbers expected, got {inputs[0]} and {inputs[1]}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        if (graph.PerSample) throw new ShapeException("Gradient: a derivative for each sample with respect to an embedding is not available", "x");
        return [graph.Add(new ScatterRows(x[0].Type[0]), dy, x[1]), null];
    }

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        throw new ShapeException("Gradient: the derivative through an embedding is not available", "x");
}

/// <summary>(rows, whole numbers) → the matrix of which each row is the sum of the rows with its number, over the batch and time: the gradient of <see cref="GatherRows"/>.</summary>
internal sealed record ScatterRows(int Rows) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0] with { Batched = false, Time = [], Shape = [Rows, inputs[0][inputs[0].Rank - 1]] };

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new GatherRows(), dy, x[1]), null];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        throw new ShapeException("Gradient: the derivative through an embedding is not available", "x");
}
