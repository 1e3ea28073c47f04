using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ClampOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Clamp"];

    public override object? Apply(DslCall call)
    {
        var (low, high) = (call.Argument("low", 0.0), call.Argument("high", 0.0));
        foreach (var (name, end) in new[] { ("low", low), ("high", high) })
            if (double.IsNaN(end)) throw new ShapeException($"Clamp: {name} must be a number, got NaN", name);
        return low <= high ? call.Graph.Add(new Clamp((float)low, (float)high), call.Operand)
            : throw new ShapeException(FormattableString.Invariant($"Clamp: low, {low}, is above high, {high}"), "low");
    }
}

internal sealed record Clamp(float Low, float High) : Pointwise
{
    /// <summary>In this order a NaN stays one.</summary>
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Min(High, Scalar.Max(Low, x[0]));

    /// <summary>Both ends belong to the inside.</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        var zero = graph.Number(0);
        return [graph.Add(new SelectGreater(), x[0], graph.Number(High), zero, graph.Add(new SelectGreater(), graph.Number(Low), x[0], zero, dy))];
    }
}
