using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class BatchMeanOperator : DslOperator
{
    public override IEnumerable<string> Names => ["BatchMean"];
    public override object? Apply(DslCall call) => Of(call.Graph, call.Operand);

    public static Node Of(GraphBuilder graph, Node x) =>
        x.Type.Time.Count > 0 ? throw new ShapeException($"BatchMean: expected a value without time, got {x.Type}: within a Scan or Map there is no mean over the batch")
        : x.Type.Batched ? graph.Add(new Divide(), graph.Add(new BatchSum(), x), graph.Add(new LiveRows())) : x;
}
