using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LastOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Last", "LastState"];

    public override object? Apply(DslCall call) => Of(call.Graph, call.Time, call.Operand);

    /// <summary>A state is held after the last live step; of other values that step is chosen.</summary>
    private static Node Of(GraphBuilder graph, TimeAxis axis, Node x)
    {
        if (x.Operator is NextState && graph[x.Inputs[0]].Operator is PreviousState { Backward: false } loop && loop.Axis == axis) return graph.Add(new FinalState(axis), x);
        var (step, zero) = (graph.Add(new StepNumber(axis)), graph.Number(0));
        var next = graph.Add(new Add(), step, graph.Number(1));
        var last = graph.Add(new SelectGreater(), graph.LengthsOf(axis), next, zero, graph.Live(axis, x, zero));
        return graph.Add(new ReduceTime(Reduction.Sum, axis), last);
    }
}
