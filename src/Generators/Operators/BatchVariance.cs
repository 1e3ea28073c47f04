using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class BatchVarianceOperator : DslOperator
{
    public override IEnumerable<string> Names => ["BatchVariance"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        return BatchMeanOperator.Of(graph, graph.Add(new Square(), graph.Add(new Subtract(), x, BatchMeanOperator.Of(graph, x))));
    }
}
