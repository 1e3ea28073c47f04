using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class CrossEntropyOperator : DslOperator
{
    public override IEnumerable<string> Names => ["CrossEntropy"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        if (x.Type.Rank == 0) throw new ShapeException($"CrossEntropy: one logit per class along the last axis expected, {x.Type} came");
        var last = x.Type.Rank - 1;
        if (x.Type[last] < 2) throw new ShapeException($"CrossEntropy: at least two logits along the last axis expected, {x.Type} came: among one class there is nothing to tell apart, and the loss is always 0. For yes or no there is BinaryCrossEntropyWithLogits");
        if (call.Has("labels")) return OfLabels(graph, x, last, OneHot(call, call.Argument<LabelsValue>("labels", null!), x.Type));
        return graph.Add(new Negate(), graph.Sum(graph.Add(new Multiply(), call.Target("probabilities"), graph.LogSoftmax(x, last)), [last]));
    }

    /// <summary>
    /// log Σ eˣ − x[label]: its gradient comes out as softmax(x) − oneHot. The label's logit is selected, not multiplied out, so that
    /// another class may have −∞.
    /// </summary>
    private static Node OfLabels(GraphBuilder graph, Node x, int last, Node oneHot)
    {
        var (shifted, zero) = (graph.Shift(x, [last]).Shifted, graph.Number(0));
        var log = graph.Add(new Log(), graph.Sum(graph.Add(new Exp(), shifted), [last]));
        return graph.Add(new Subtract(), log, graph.Sum(graph.Add(new SelectGreater(), oneHot, zero, shifted, zero), [last]));
    }

    private static Node OneHot(DslCall call, LabelsValue labels, TensorType logits)
    {
        var (type, classes) = (labels.Node.Type, logits[logits.Rank - 1]);
        if (labels.Classes != 0 && labels.Classes != classes)
            throw new ShapeException($"CrossEntropy: {classes} logits and labels of {labels.Classes} classes", "labels");
        if (type.Rank != 0 && !type.Shape.SequenceEqual(logits.Shape.Take(logits.Rank - 1)))
            throw new ShapeException($"CrossEntropy: labels of the shape of {logits} without its last axis expected, {type} came", "labels");
        if (labels.Node.Operator is Constant constant && constant.Values.Any(k => k < 0 || k >= classes))
            throw new ShapeException($"CrossEntropy: {classes} logits and the label {string.Join(", ", constant.Values)}", "labels");
        return call.Graph.Add(new OneHotOf(classes), labels.Node);
    }
}
