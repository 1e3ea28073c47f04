using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class CrossEntropyOperator : DslOperator
{
    public override IEnumerable<string> Names => ["CrossEntropy"];

    /// <summary>
    /// −Σ p · log softmax(x) along the last axis. Its gradient comes out as softmax(x)·Σp − p, from the parts' own.
    /// </summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        if (x.Type.Rank == 0) throw new ShapeException($"CrossEntropy: one logit per class along the last axis expected, {x.Type} came");
        var (last, classes) = (x.Type.Rank - 1, x.Type[x.Type.Rank - 1]);
        var probabilities = call.Has("labels") ? OneHot(call, call.Argument<LabelsValue>("labels", null!), x.Type) : call.Target("probabilities");
        return graph.Add(new Negate(), graph.Sum(graph.Add(new Multiply(), probabilities, graph.LogSoftmax(x, last)), [last]));
    }

    private static Node OneHot(DslCall call, LabelsValue labels, TensorType logits)
    {
        var (type, classes) = (labels.Node.Type, logits[logits.Rank - 1]);
        if (labels.Classes != 0 && labels.Classes != classes)
            throw new ShapeException($"CrossEntropy: {classes} logits and labels of {labels.Classes} classes", "labels");
        if (type.Rank != 0 && !type.Shape.SequenceEqual(logits.Shape.Take(logits.Rank - 1)))
            throw new ShapeException($"CrossEntropy: labels of the shape of {logits} without its last axis expected, {type} came", "labels");
        return call.Graph.Add(new OneHotOf(classes), labels.Node);
    }
}
