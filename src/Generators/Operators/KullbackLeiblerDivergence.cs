using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class KullbackLeiblerDivergenceOperator : DslOperator
{
    public override IEnumerable<string> Names => ["KullbackLeiblerDivergence"];

    /// <summary>p · (log p − x). An outcome of probability 0 adds nothing, whatever x is: both logarithms are 0 there, and so are the derivatives.</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x, target, zero) = (call.Graph, call.Operand, call.Target("target"), call.Graph.Number(0));
        var isLog = call.Argument("logTarget", false);
        var p = isLog ? graph.Add(new Exp(), target) : target;
        var log = isLog ? graph.WhereNotZero(p, target, zero) : graph.Add(new Log(), graph.WhereNotZero(p, p, graph.Number(1)));
        return graph.Add(new Multiply(), p, graph.Add(new Subtract(), log, graph.WhereNotZero(p, x, zero)));
    }
}
