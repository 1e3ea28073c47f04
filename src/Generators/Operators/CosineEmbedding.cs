using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class CosineEmbeddingOperator : DslOperator
{
    public override IEnumerable<string> Names => ["CosineEmbedding"];

    public override object? Apply(DslCall call)
    {
        var (graph, target, rank) = (call.Graph, call.Argument<Node>("target", null!), call.Operand.Type.Rank);
        if (rank == 0) throw new ShapeException($"CosineEmbedding: expected vectors along the last axis of a sample, got {call.Operand.Type}");
        if (call.Argument("margin", 0.0) is var margin && !(margin >= -1 && margin <= 1)) throw new ShapeException(FormattableString.Invariant($"CosineEmbedding: expected a margin from -1 to 1, got {margin}"), "margin");
        var cosine = CosineSimilarityOperator.Of(call, rank - 1, 1e-8);
        if (target.Type.Rank != 0 && target.Type.Shape != cosine.Type.Shape) throw new ShapeException($"CosineEmbedding: expected a target of the shape of {call.Operand.Type} without its last axis, got {target.Type}", "target");
        var together = graph.Add(new Subtract(), graph.Number(1), cosine);
        var apart = graph.Add(new Relu(), graph.Add(new Subtract(), cosine, graph.Number(margin)));
        return graph.Add(new SelectGreater(), target, graph.Number(0), together, apart);
    }
}
