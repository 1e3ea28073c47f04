using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LpPool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LpPool2D"];

    public override object? Apply(DslCall call)
    {
        var (graph, image, kernel, p) = (call.Graph, call.Image(), call.Argument("kernel", (Height: 0, Width: 0)), call.Argument("p", 2.0));
        if (!(p >= 1 && SinglePrecision.IsFinite(p))) throw new ShapeException(FormattableString.Invariant($"LpPool2D: a finite p of at least 1 expected, {p} came"), "p");
        var mean = graph.Add(new AveragePool(call.PoolWindow(image, kernel)), graph.Add(new Power(p), graph.Add(new Abs(), image)));
        return graph.Add(new Power(1 / p), graph.Scale(mean, kernel.Height * kernel.Width));
    }
}

/// <summary>xᵖ for x &gt; 0, else 0, and so with all its derivatives: a window of zeros has no gradient instead of an infinite one.</summary>
internal sealed record Power(double Exponent) : Pointwise
{
    /// <summary>The zero is a product, so that a NaN stays one.</summary>
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.SelectGreater(x[0], 0, Exponent switch
    {
        0 => 1,
        0.5 => Scalar.Sqrt(x[0]),
        1 => x[0],
        2 => x[0] * x[0],
        _ => Scalar.Exp(Exponent * Scalar.Log(x[0])),
    }, 0 * x[0]);

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [Exponent == 0 ? null : graph.Add(new Multiply(), dy, graph.Scale(graph.Add(new Power(Exponent - 1), x[0]), Exponent))];
}
