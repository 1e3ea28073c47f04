using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class PoissonNegativeLogLikelihoodOperator : DslOperator
{
    public override IEnumerable<string> Names => ["PoissonNegativeLogLikelihood"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, t) = (call.Graph, call.Operand, call.Target("target"));
        // Where nothing is counted x drops out, also if it is −∞.
        var finite = graph.WhereNotZero(t, x, graph.Add(new Maximum(), x, graph.Number(float.MinValue)));
        var likelihood = graph.Add(new Subtract(), graph.Add(new Exp(), x), graph.Add(new Multiply(), t, finite));
        return call.Argument("full", false) ? graph.Add(new Add(), likelihood, Stirling(graph, t)) : likelihood;
    }

    /// <summary>t · log t − t + log(2πt) / 2 above 1, else 0.</summary>
    private static Node Stirling(GraphBuilder graph, Node t)
    {
        var (zero, one) = (graph.Number(0), graph.Number(1));
        var many = graph.Add(new SelectGreater(), t, one, t, one);   // so that no logarithm of 0 is differentiated
        var log = graph.Add(new Log(), many);
        var tail = graph.Add(new Add(), graph.Scale(log, 0.5), graph.Number(Math.Log(2 * Math.PI) / 2));
        var factorial = graph.Add(new Add(), graph.Add(new Subtract(), graph.Add(new Multiply(), many, log), many), tail);
        return graph.Add(new SelectGreater(), t, one, factorial, zero);
    }
}
