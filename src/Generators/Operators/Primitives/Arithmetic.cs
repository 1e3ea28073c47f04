using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

internal sealed record Add : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0] + x[1];
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [dy, dy];
}

internal sealed record Subtract : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0] - x[1];
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [dy, graph.Add(new Negate(), dy)];
}

internal sealed record Multiply : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0] * x[1];
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(this, dy, x[1]), graph.Add(this, dy, x[0])];
}

/// <summary>(x, scale, shift) → x·scale + shift with one rounding.</summary>
internal sealed record ScaleShift : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.MultiplyAdd(x[0], x[1], x[2]);
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, x[1]), graph.Add(new Multiply(), dy, x[0]), dy];
}

internal sealed record Divide : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0] / x[1];

    /// <summary>d(a/b) = da/b − y·db/b.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        var share = graph.Add(this, dy, x[1]);
        return [share, graph.Add(new Negate(), graph.Add(new Multiply(), share, y))];
    }
}

internal sealed record Negate : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => -x[0];
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [graph.Add(this, dy)];
}

/// <summary>A number that is whole, as a whole number: a token, a length.</summary>
internal sealed record WholeNumber : Pointwise
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => base.Infer(inputs) with { DType = DType.Int32 };
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0];
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];
}

/// <summary>The value itself, but a constant to gradients.</summary>
internal sealed record StopGradient : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0];
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null];
}
