using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>(a, b) → 1 where a &gt; b, else 0; piecewise constant.</summary>
internal sealed record Greater : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Greater(x[0], x[1]);
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null, null];
}

/// <summary>(a, b, then, otherwise) → then where a &gt; b.</summary>
internal sealed record SelectGreater : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.SelectGreater(x[0], x[1], x[2], x[3]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [null, null, graph.Add(this, x[0], x[1], dy, graph.Number(0)), graph.Add(this, x[0], x[1], graph.Number(0), dy)];
}

/// <summary>(a, b, then, otherwise) → then where a is above b; NaN is above every number, and not above itself.</summary>
internal sealed record SelectAbove : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.SelectAbove(x[0], x[1], x[2], x[3]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [null, null, graph.Add(this, x[0], x[1], dy, graph.Number(0)), graph.Add(this, x[0], x[1], graph.Number(0), dy)];
}

/// <summary>The greater of two, NaN where either is one; the gradient goes to the first where they are equal, and to the first NaN.</summary>
internal sealed record Maximum : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Maximum(x[0], x[1]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
    [
        graph.Add(new SelectAbove(), x[1], x[0], graph.Number(0), dy),
        graph.Add(new SelectAbove(), x[1], x[0], dy, graph.Number(0)),
    ];
}

/// <summary>(value, path) → the value, whose gradient is passed on to the path: the straight-through estimator.</summary>
internal sealed record StraightThrough : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0];
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [null, dy];
}
