using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class FirstOperator : DslOperator
{
    public override IEnumerable<string> Names => ["First"];

    public override object? Apply(DslCall call)
    {
        var (graph, axis) = (call.Graph, call.Time);
        var first = graph.Add(new SelectGreater(), graph.Number(1), graph.Add(new StepNumber(axis)), call.Operand, graph.Number(0));
        return graph.Add(new ReduceTime(Reduction.Sum, axis), first);
    }
}
