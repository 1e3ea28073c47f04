using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LpPool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LpPool2D"];

    public override object? Apply(DslCall call)
    {
        var (graph, image, p) = (call.Graph, call.Image(), call.Argument("p", 2.0));
        if (!(p >= 1 && SinglePrecision.IsFinite(p))) throw new ShapeException(FormattableString.Invariant($"LpPool2D: expected a finite p of at least 1, got {p}"), "p");
        var sum = graph.Add(new AveragePool(call.Window(image, pool: true), Divisor.One), graph.Add(new Power(p), graph.Add(new Abs(), image)));
        return graph.Add(new Power(1 / p), sum);
    }
}

/// <summary>xᵖ for x &gt; 0, else 0, and so with all its derivatives: a window of zeros has no gradient instead of an infinite one.</summary>
internal sealed record Power(double Exponent) : Pointwise
{
    /// <summary>The zero is a product, so that a NaN stays one.</summary>
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.SelectGreater(x[0], 0, Of(x[0], Exponent), 0 * x[0]);

    /// <summary>Small multiples of a quarter by roots, which are exact to the last bits and fast.</summary>
    private static Scalar Of(Scalar x, double exponent) => exponent switch
    {
        0 => 1,
        0.25 => Scalar.Sqrt(Scalar.Sqrt(x)),
        0.5 => Scalar.Sqrt(x),
        0.75 => Scalar.Sqrt(x) * Scalar.Sqrt(Scalar.Sqrt(x)),
        1 => x,
        > 1 and <= 2 when exponent * 4 % 1 == 0 => x * Of(x, exponent - 1),
        < 0 and >= -2 when exponent * 4 % 1 == 0 => 1 / Of(x, -exponent),
        _ => Scalar.Exp(exponent * Scalar.Log(x)),
    };

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [Exponent == 0 ? null : graph.Add(new Multiply(), dy, graph.Scale(graph.Add(new Power(Exponent - 1), x[0]), Exponent))];
}
