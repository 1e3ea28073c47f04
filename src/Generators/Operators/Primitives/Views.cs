using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>Rearranges elements and computes nothing. Axes are the sample's.</summary>
internal abstract record View : Operator;

/// <summary>The same elements in row-major order under another shape.</summary>
internal sealed record Reshape(EquatableArray<int> Shape) : View
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        var result = inputs[0].With(Shape);
        return result.Length == inputs[0].Length ? result
            : throw new ShapeException($"Reshape: {inputs[0]} has {English.Count(inputs[0].Length, "element")} per sample, {result} has {result.Length}");
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new Reshape(x[0].Type.Shape), dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(new Reshape([size, .. Shape]), x);
}

/// <summary>y[i0, i1, …] = x with its axis Axes[k] as the k-th.</summary>
internal sealed record Transpose(EquatableArray<int> Axes) : View
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) =>
        Axes.OrderBy(a => a).SequenceEqual(Enumerable.Range(0, inputs[0].Rank)) ? inputs[0].With(Axes.Select(a => inputs[0][a]))
            : throw new ShapeException($"Transpose: {Axes} is not a permutation of the {English.Count(inputs[0].Rank, "axis")} of {inputs[0].Sample}");

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Transpose(Enumerable.Range(0, Axes.Count).Select(a => Axes.Items.IndexOf(a)).ToEquatable()), dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(new Transpose([0, .. Axes.Select(a => a + 1)]), x);
}

/// <summary>Length elements from Start on, along Axis.</summary>
internal sealed record Slice(int Axis, int Start, int Length) : View
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        if (Axis < 0 || Axis >= inputs[0].Rank) throw new ShapeException($"Slice: axis {Axis} of {inputs[0].Sample}, which has {inputs[0].Rank}");
        if (Start < 0 || Length < 1 || Start > inputs[0][Axis] - Length) throw new ShapeException($"Slice: elements {Start} to {Start + Length - 1} of axis {Axis} of {inputs[0].Sample}, which has {inputs[0][Axis]}");
        return inputs[0].With(inputs[0].Shape.Select((d, a) => a == Axis ? Length : d));
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Pad(Axis, Start, x[0].Type[Axis] - Start - Length), dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(this with { Axis = Axis + 1 }, x);
}

/// <summary>Zeros before and after, along Axis.</summary>
internal sealed record Pad(int Axis, int Before, int After) : View
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        if (Axis < 0 || Axis >= inputs[0].Rank) throw new ShapeException($"Pad: axis {Axis} of {inputs[0].Sample}, which has {inputs[0].Rank}");
        if (Before < 0 || After < 0) throw new ShapeException($"Pad: {Before} and {After} elements; neither may be negative");
        return inputs[0].With(inputs[0].Shape.Select((d, a) => a == Axis ? checked(d + Before + After) : d));
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Slice(Axis, Before, x[0].Type[Axis]), dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(this with { Axis = Axis + 1 }, x);
}

/// <summary>Repeats along axes of size 1 and new leading axes; a value without batch axis can gain one, and one of a batch steps of time.</summary>
internal sealed record Broadcast(bool Batched, EquatableArray<int> Shape) : View
{
    /// <summary>Axes of time that the result has; none: those of the operand.</summary>
    public EquatableArray<TimeAxis> Time { get; init; } = [];

    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        var x = inputs[0];
        var fits = x.Rank <= Shape.Count && (!x.Batched || Batched) && (Time.Count == 0 || (Batched && TimeAxes.IsWithin(x.Time, Time)));
        for (var a = 0; fits && a < x.Rank; a++) fits = x[a] == 1 || x[a] == Shape[Shape.Count - x.Rank + a];
        var result = x with { Batched = Batched, Shape = Shape, Time = Time.Count == 0 ? x.Time : Time };
        return fits ? result : throw new ShapeException($"Broadcast: {x} to {result}");
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [dy];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(this with { Batched = Batched || x[0].Type.Batched, Shape = [size, .. Shape] }, [.. AlignTo(graph, x[0], Shape.Count + 1)]);

    private static IEnumerable<Node> AlignTo(GraphBuilder graph, Node x, int rank)
    {
        yield return x.Type.Rank == rank ? x : graph.Add(new Reshape([x.Type[0], .. Enumerable.Repeat(1, rank - x.Type.Rank), .. x.Type.Shape.Items.Skip(1)]), x);
    }
}

/// <summary>The operands one after the other along Axis.</summary>
internal sealed record Concat(int Axis) : View
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        var first = inputs[0];
        if (Axis < 0 || Axis >= first.Rank) throw new ShapeException($"Concat: axis {Axis} of {first.Sample}, which has {first.Rank}");
        foreach (var other in inputs)
            if (other.Rank != first.Rank || other.Shape.Where((d, a) => a != Axis && d != first[a]).Any())
                throw new ShapeException($"Concat along axis {Axis}: {first.Sample} and {other.Sample} differ in another axis");
        return first with { Batched = inputs.Any(i => i.Batched), Time = TimeAxes.Common("Concat", inputs.Select(i => i.Time)), Shape = first.Shape.Select((d, a) => a == Axis ? inputs.Sum(i => i[Axis]) : d).ToEquatable() };
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        var start = 0;
        return [.. x.Select(part => (Node?)graph.Add(new Slice(Axis, (start += part.Type[Axis]) - part.Type[Axis], part.Type[Axis]), dy))];
    }

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(new Concat(Axis + 1), [.. x.Select((part, i) => mapped[i] ? part : graph.Add(new Broadcast(part.Type.Batched, [size, .. part.Type.Shape]), part))]);
}
