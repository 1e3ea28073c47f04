using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class HuberOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Huber"];

    /// <summary>c · (d − c / 2), c the difference cut off at ±delta.</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, delta) = (call.Graph, call.Finite("delta", 1));
        if ((float)delta <= 0) throw new ShapeException(FormattableString.Invariant($"Huber: delta must be above 0, got {delta}"), "delta");
        var difference = graph.Add(new Subtract(), call.Operand, call.Target("target"));
        var cut = graph.Add(new Clamp((float)-delta, (float)delta), difference);
        return graph.Add(new Multiply(), cut, graph.Add(new Subtract(), difference, graph.Scale(cut, 0.5)));
    }
}
