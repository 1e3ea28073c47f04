using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>What words over time are composed of. Whatever meets another step chooses the live ones first.</summary>
internal static class Steps
{
    /// <summary>A value at live steps, another at dead ones.</summary>
    public static Node Live(this GraphBuilder graph, TimeAxis axis, Node value, Node otherwise) =>
        // Where all samples have the same length no step is dead.
        axis.Fixed > 0 && value.Type.Time.Contains(axis) && (otherwise.Type == value.Type || otherwise.Type is { Batched: false, Rank: 0 }) ? value : graph.Add(new SelectGreater(), graph.Add(new Lengths(axis)), graph.Add(new StepNumber(axis)), value, otherwise);

    /// <summary>The sum over the live steps.</summary>
    public static Node SumOverTime(this GraphBuilder graph, TimeAxis axis, Node x) => graph.Add(new ReduceTime(Reduction.Sum, axis), graph.Live(axis, x, graph.Number(0)));

    /// <summary>The mean over the live steps.</summary>
    public static Node MeanOverTime(this GraphBuilder graph, TimeAxis axis, Node x) => graph.Add(new Divide(), graph.SumOverTime(axis, x), graph.Add(new Lengths(axis)));

    /// <summary>The maximum over the live steps; a constant to gradients.</summary>
    public static Node ConstantMaximum(this GraphBuilder graph, TimeAxis axis, Node x) =>
        graph.Add(new StopGradient(), graph.Add(new ReduceTime(Reduction.Max, axis), graph.Live(axis, x, graph.Number(double.NegativeInfinity))));

    /// <summary>Live steps of all axes of a value, and zero at the others.</summary>
    public static Node LiveOrZero(this GraphBuilder graph, Node x) => x.Type.Time.Aggregate(x, (value, axis) => graph.Live(axis, value, graph.Number(0)));

    /// <summary>The steps of a window side by side along a new first axis: those at the offsets, zeros beyond the ends.</summary>
    public static Node Neighbours(this GraphBuilder graph, TimeAxis axis, Node x, IEnumerable<int> offsets)
    {
        EquatableArray<int> shape = [1, .. x.Type.Shape];
        Node[] steps = [.. offsets.Select(offset => graph.Add(new Reshape(shape), offset == 0 ? x : graph.Add(new ShiftTime(axis, offset), x)))];
        return steps.Length == 1 ? steps[0] : graph.Add(new Concat(0), steps);
    }
}
