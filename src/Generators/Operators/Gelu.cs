using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class GeluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Gelu"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        var sign = call.Argument("approximate", false)
            ? graph.Add(new Tanh(), graph.Scale(graph.Add(new Multiply(), x, graph.Add(new Primitives.Add(), graph.Number(1), graph.Scale(graph.Add(new Square(), x), 0.044715))), Math.Sqrt(2 / Math.PI)))
            : graph.Add(new Erf(), graph.Scale(x, Math.Sqrt(0.5)));
        return graph.Add(new Multiply(), graph.Scale(x, 0.5), graph.Add(new Primitives.Add(), graph.Number(1), sign));
    }
}

/// <summary>The error function, 2/√π · ∫ from 0 to x of e^(−t²).</summary>
internal sealed record Erf : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => Scalar.Erf(x[0]);

    /// <summary>2/√π · e^(−x²).</summary>
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) =>
        [graph.Add(new Multiply(), dy, graph.Scale(graph.Add(new Exp(), graph.Add(new Negate(), graph.Add(new Square(), x[0]))), 2 / Math.Sqrt(Math.PI)))];
}
