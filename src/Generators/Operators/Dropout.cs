using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class DropoutOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Dropout"];

    public override object? Apply(DslCall call) => Of(call, call.Operand.Type.Shape);

    /// <summary>Inverted: what is kept is scaled up, so that inference needs nothing.</summary>
    /// <param name="together">The shape of what is drawn; along axes of size 1 elements stay or go together.</param>
    public static Node Of(DslCall call, EquatableArray<int> together)
    {
        var (graph, x, rate) = (call.Graph, call.Operand, call.Argument("rate", 0.0));
        if (!(rate >= 0 && rate < 1)) throw new ShapeException(FormattableString.Invariant($"{call.Name}: expected a rate from 0 to below 1, got {rate}"), "rate");
        if (rate == 0 || !call.IsTraining) return x;
        var kept = graph.Add(new Greater(), graph.Number(1 - rate), call.Random(Distribution.Uniform, true, together));
        return graph.Add(new Multiply(), x, graph.Scale(kept, 1 / (1 - rate)));
    }
}
