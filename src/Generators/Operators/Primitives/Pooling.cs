using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>Maximum over each window of each channel, NaN where one is in it; padding never wins.</summary>
internal sealed record MaxPool(WindowGeometry Window) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => Pooling.Infer("MaxPool2D", Window, inputs[0]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new MaxPoolGradient(Window), x[0], dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) => graph.Add(this, x);
}

/// <summary>(x, dy) → dx: each dy goes to the first maximum (or NaN) of its window, in the order of the windows.</summary>
internal sealed record MaxPoolGradient(WindowGeometry Window) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0] with { Batched = inputs[0].Batched || inputs[1].Batched };

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [null, graph.Add(new MaxPoolGather(Window), x[0], dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(this, [.. Pooling.MapAll(graph, x, mapped, size)]);
}

/// <summary>(x, v) → for each window, v at the place of the first maximum (or NaN) of x.</summary>
internal sealed record MaxPoolGather(WindowGeometry Window) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) =>
        Pooling.Infer("MaxPool2D", Window, inputs[1]) with { Batched = inputs[0].Batched || inputs[1].Batched };

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [null, graph.Add(new MaxPoolGradient(Window), x[0], dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        graph.Add(this, [.. Pooling.MapAll(graph, x, mapped, size)]);
}

/// <summary>What an average pool divides the sum of a window by.</summary>
internal enum Divisor
{
    /// <summary>The window's taps inside the padded image, so that padding counts as zeros (as PyTorch has it by default); what hangs over does not count.</summary>
    Padded,

    /// <summary>Its taps inside the image.</summary>
    Inside,

    /// <summary>Nothing: the sum itself.</summary>
    One,
}

/// <summary>Mean or sum over each window.</summary>
internal sealed record AveragePool(WindowGeometry Window, Divisor Divisor = Divisor.Padded) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => Pooling.Infer("AveragePool2D", Window, inputs[0]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new AveragePoolGradient(Window, x[0].Type[x[0].Type.Rank - 2], x[0].Type[x[0].Type.Rank - 1], Divisor), dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) => graph.Add(this, x);
}

/// <summary>dy → dx: every pixel gets its share of each window it lies in.</summary>
internal sealed record AveragePoolGradient(WindowGeometry Window, int Height, int Width, Divisor Divisor = Divisor.Padded) : Operator
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => inputs[0].With([.. inputs[0].Shape.Items.Take(inputs[0].Rank - 2), Height, Width]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(new AveragePool(Window, Divisor), dy)];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) => graph.Add(this, x);
}

internal static class Pooling
{
    /// <summary>x is [channels, height, width], possibly with further leading axes.</summary>
    public static TensorType Infer(string name, WindowGeometry window, TensorType x)
    {
        if (x.Rank < 3) throw new ShapeException($"{name}: expected an image [channels, height, width], got {x}");
        var (height, width) = (x[x.Rank - 2], x[x.Rank - 1]);
        var (oh, ow) = (window.OutputHeight(height), window.OutputWidth(width));
        if (oh < 1 || ow < 1) throw new ShapeException($"{name}: the {window.KernelHeight}×{window.KernelWidth} window is larger than its padded input, {height + window.Top + window.Bottom}×{width + window.Left + window.Right}", "kernel");
        return x.With([.. x.Shape.Items.Take(x.Rank - 2), oh, ow]);
    }

    public static IEnumerable<Node> MapAll(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        x.Select((v, i) => mapped[i] ? v : graph.Add(new Broadcast(v.Type.Batched, [size, .. v.Type.Shape]), v));
}
