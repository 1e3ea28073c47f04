using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class DropoutOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Dropout"];

    /// <summary>Inverted: what is kept is scaled up, so that inference needs nothing.</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x, rate) = (call.Graph, call.Operand, call.Argument("rate", 0.0));
        if (!(rate >= 0 && rate < 1)) throw new ShapeException(FormattableString.Invariant($"Dropout: a rate from 0 to below 1 expected, {rate} came"), "rate");
        if (!call.IsTraining || rate == 0) return x;
        var kept = graph.Add(new Greater(), graph.Number(1 - rate), call.Random(Distribution.Uniform, true, x.Type.Shape));
        return graph.Add(new Multiply(), x, graph.Scale(kept, 1 / (1 - rate)));
    }
}
