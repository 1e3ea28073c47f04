using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class GaussianNegativeLogLikelihoodOperator : DslOperator
{
    public override IEnumerable<string> Names => ["GaussianNegativeLogLikelihood"];

    public override object? Apply(DslCall call)
    {
        var (graph, variance) = (call.Graph, call.Target("variance", "variance"));
        // Straight through, so that a variance that fell below epsilon can rise again.
        var held = graph.Add(new StraightThrough(), graph.Add(new Maximum(), variance, graph.Number(call.Epsilon(1e-6))), variance);
        var difference = graph.Add(new Subtract(), call.Operand, call.Target("target"));
        // Divided before it is squared: the quotient may be a float where the square is not.
        var deviation = graph.Add(new Multiply(), difference, graph.Add(new Divide(), difference, held));
        var likelihood = graph.Scale(graph.Add(new Add(), graph.Add(new Log(), held), deviation), 0.5);
        return call.Argument("full", false) ? graph.Add(new Add(), likelihood, graph.Number(Math.Log(2 * Math.PI) / 2)) : likelihood;
    }
}
