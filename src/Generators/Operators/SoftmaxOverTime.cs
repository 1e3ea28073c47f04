using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SoftmaxOverTimeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["SoftmaxOverTime"];

    public override object? Apply(DslCall call)
    {
        var (graph, axis, x) = (call.Graph, call.Time, call.Operand);
        var maximum = graph.ConstantMaximum(axis, x);
        // At dead steps the maximum itself: whatever stands there, its exponential is finite.
        var exp = graph.Add(new Exp(), graph.Add(new Subtract(), graph.Live(axis, x, maximum), maximum));
        return graph.Add(new Divide(), exp, graph.SumOverTime(axis, exp));
    }
}
