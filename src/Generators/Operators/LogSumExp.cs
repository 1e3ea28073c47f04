using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LogSumExpOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LogSumExp"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, axes) = (call.Graph, call.Operand, call.ReducedAxes());
        if (axes.Count == 0) return x;
        var (shifted, maximum) = graph.Shift(x, axes);
        var log = graph.Add(new Log(), graph.Sum(graph.Add(new Exp(), shifted), axes));
        return graph.Add(new Add(), log, graph.Add(new Reshape(log.Type.Shape), maximum));
    }
}
