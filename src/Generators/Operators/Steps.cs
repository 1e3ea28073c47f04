using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>What words over time are composed of. Whatever meets another step chooses the live ones first.</summary>
internal static class Steps
{
    /// <summary>The number of live steps of each sample, as a number.</summary>
    public static Node LengthsOf(this GraphBuilder graph, TimeAxis axis) => graph.ComputedLengths(axis) is { } lengths
        ? axis.Stride == 1 ? lengths : throw new ShapeException($"every {axis.Stride} steps of '{axis.Name}' are not available: the network computes its lengths")
        : axis.Fixed > 0 ? graph.Add(new Broadcast(true, []), graph.Number((axis.Fixed + axis.Stride - 1) / axis.Stride)) : graph.Add(new Lengths(axis));

    /// <summary>The axis, for a primitive that reads its lengths from the caller.</summary>
    /// <exception cref="ShapeException">The graph computes them.</exception>
    public static TimeAxis OfCaller(this GraphBuilder graph, string word, TimeAxis axis) => graph.ComputedLengths(axis) is null ? axis
        : throw new ShapeException($"{word}: not available for the sequence '{axis}', whose lengths the network computes");

    /// <summary>A value at live steps, another at dead ones.</summary>
    public static Node Live(this GraphBuilder graph, TimeAxis axis, Node value, Node otherwise)
    {
        // Where all samples have the same length no step is dead.
        var isWhole = axis.Fixed > 0 && graph.ComputedLengths(axis) is null;
        return isWhole && value.Type.Time.Contains(axis) && (otherwise.Type == value.Type || otherwise.Type is { Batched: false, Rank: 0 }) ? value
            : graph.Add(new SelectGreater(), graph.LengthsOf(axis), graph.Add(new StepNumber(axis)), value, otherwise);
    }

    /// <summary>The sum over the live steps.</summary>
    public static Node SumOverTime(this GraphBuilder graph, TimeAxis axis, Node x) => graph.Add(new ReduceTime(Reduction.Sum, axis), graph.Live(axis, x, graph.Number(0)));

    /// <summary>The mean over the live steps.</summary>
    public static Node MeanOverTime(this GraphBuilder graph, TimeAxis axis, Node x) => graph.Add(new Divide(), graph.SumOverTime(axis, x), graph.LengthsOf(axis));

    /// <summary>The maximum over the live steps; a constant to gradients.</summary>
    public static Node ConstantMaximum(this GraphBuilder graph, TimeAxis axis, Node x) =>
        graph.Add(new StopGradient(), graph.Add(new ReduceTime(Reduction.Max, axis), graph.Live(axis, x, graph.Number(double.NegativeInfinity))));

    /// <summary>Live steps of all axes of a value, and zero at the others.</summary>
    public static Node LiveOrZero(this GraphBuilder graph, Node x) => x.Type.Time.Aggregate(x, (value, axis) => graph.Live(axis, value, graph.Number(0)));

    /// <summary>The steps of a window side by side along a new first axis: those at the offsets, zeros beyond the ends.</summary>
    public static Node Neighbours(this GraphBuilder graph, TimeAxis axis, Node x, IEnumerable<int> offsets)
    {
        axis = graph.OfCaller("Window", axis);
        EquatableArray<int> shape = [1, .. x.Type.Shape];
        Node[] steps = [.. offsets.Select(offset => graph.Add(new Reshape(shape), offset == 0 ? x : graph.Add(new ShiftTime(axis, offset), x)))];
        return steps.Length == 1 ? steps[0] : graph.Add(new Concat(0), steps);
    }
}
