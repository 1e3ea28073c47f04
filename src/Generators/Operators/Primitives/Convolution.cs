using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>
/// y[o, i, j] = Σ x[c, i·s + u·d − top, j·s + v·d − left] · w[o, c, u, v]: cross-correlation, as every framework has it.
/// x is [channels, height, width], possibly with further leading axes; w is [channels out, channels in / groups, height, width].
/// </summary>
internal sealed record Convolution(WindowGeometry Window, int Groups = 1) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        var (x, w) = (inputs[0], inputs[1]);
        if (x.Rank < 3) throw new ShapeException($"Conv2D: expected an image [channels, height, width], got {x}");
        if (w.Rank != 4 || w.Batched) throw new ShapeException($"Conv2D: expected a kernel [channels out, channels in, height, width], got {w}");
        var (channels, height, width) = (x[x.Rank - 3], x[x.Rank - 2], x[x.Rank - 1]);
        if (channels != w[1] * Groups) throw new ShapeException($"Conv2D: the image {x} has {English.Count(channels, "channel")}, the kernel {w} takes {w[1] * Groups}");
        var (oh, ow) = (Window.OutputHeight(height), Window.OutputWidth(width));
        if (oh < 1 || ow < 1) throw new ShapeException($"Conv2D: the {Window.KernelHeight}×{Window.KernelWidth} kernel is larger than its padded input, {height + Window.Top + Window.Bottom}×{width + Window.Left + Window.Right}", "kernel");
        return x.With([.. x.Shape.Items.Take(x.Rank - 3), w[0], oh, ow]);
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
    [
        graph.Add(new ConvolutionDataGradient(Window, Groups, x[0].Type[x[0].Type.Rank - 2], x[0].Type[x[0].Type.Rank - 1]), dy, x[1]),
        graph.Add(new ConvolutionWeightGradient(Window, Groups), x[0], dy),
    ];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        mapped[1] ? Unrolled.Apply(this, graph, x, mapped, size) : graph.Add(this, x);
}

/// <summary>The gradient of a convolution with respect to its image (also the transposed convolution): (dy, w) → dx of Height×Width.</summary>
internal sealed record ConvolutionDataGradient(WindowGeometry Window, int Groups, int Height, int Width) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        var (dy, w) = (inputs[0], inputs[1]);
        if (dy.Rank < 3 || w.Rank != 4 || dy[dy.Rank - 3] != w[0]) throw new ShapeException($"transposed convolution: {dy} and the kernel {w}: the channels differ");
        return dy.With([.. dy.Shape.Items.Take(dy.Rank - 3), w[1] * Groups, Height, Width]);
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
    [
        graph.Add(new Convolution(Window, Groups), dy, x[1]),
        graph.Add(new ConvolutionWeightGradient(Window, Groups), dy, x[0]),
    ];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        mapped[1] ? Unrolled.Apply(this, graph, x, mapped, size) : graph.Add(this, x);
}

/// <summary>The gradient of a convolution with respect to its kernel, summed over the batch and all leading axes: (x, dy) → dw.</summary>
internal sealed record ConvolutionWeightGradient(WindowGeometry Window, int Groups) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs)
    {
        var (x, dy) = (inputs[0], inputs[1]);
        return TensorType.Float(false, [dy[dy.Rank - 3], x[x.Rank - 3] / Groups, Window.KernelHeight, Window.KernelWidth]);
    }

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
    [
        graph.Add(new ConvolutionDataGradient(Window, Groups, x[0].Type[x[0].Type.Rank - 2], x[0].Type[x[0].Type.Rank - 1]), x[1], dy),
        graph.Add(new Convolution(Window, Groups), x[0], dy),
    ];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        Unrolled.Apply(this, graph, x, mapped, size);
}

/// <summary>The vectorising map of an operator that has no such axis of its own: one application per slice, stacked.</summary>
internal static class Unrolled
{
    public static Node Apply(Operator op, GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size)
    {
        var parts = new List<Node>();
        for (var j = 0; j < size; j++)
        {
            var y = graph.Add(op, [.. x.Select((v, i) => mapped[i] ? graph.Add(new Reshape(v.Type.Shape.Items.RemoveAt(0).ToEquatable()), graph.Add(new Slice(0, j, 1), v)) : v)]);
            parts.Add(graph.Add(new Reshape([1, .. y.Type.Shape]), y));
        }
        return graph.Add(new Concat(0), [.. parts]);
    }
}
