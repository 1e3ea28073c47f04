using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LocalResponseNormOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LocalResponseNorm"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, size) = (call.Graph, call.Operand, call.Positive("size", 5));
        var (alpha, beta, k) = (call.Finite("alpha", 1e-4), call.Finite("beta", 0.75), call.Finite("k", 2));
        if (alpha < 0) throw new ShapeException(FormattableString.Invariant($"LocalResponseNorm: alpha must be at least 0, got {alpha}"), "alpha");
        if ((float)k <= 0) throw new ShapeException(FormattableString.Invariant($"LocalResponseNorm: k must be above 0, got {k}"), "k");
        if (x.Type.Rank == 0) throw new ShapeException($"LocalResponseNorm: expected at least one axis per sample, got {x.Type}");

        // Neighbours beyond the last channel add nothing, whatever the size.
        var channels = x.Type[0];
        var (before, after) = (Math.Min(size / 2, channels - 1), Math.Min((size - 1) / 2, channels - 1));
        var square = graph.Add(new Square(), x);
        var padded = before + after == 0 ? square : graph.Add(new Pad(0, before, after), square);
        var sum = Enumerable.Range(0, before + after + 1).Select(i => before + after == 0 ? padded : graph.Add(new Slice(0, i, channels), padded)).Aggregate((a, b) => graph.Add(new Primitives.Add(), a, b));
        return graph.Add(new Multiply(), x, graph.Add(new Power(-beta), graph.Add(new Primitives.Add(), graph.Scale(sum, alpha / size), graph.Number(k))));
    }
}
