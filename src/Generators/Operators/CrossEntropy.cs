using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class CrossEntropyOperator : DslOperator
{
    public override IEnumerable<string> Names => ["CrossEntropy"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        if (x.Type.Rank == 0) throw ClassLabels.NoClasses(call);
        var last = x.Type.Rank - 1;
        if (x.Type[last] < 2) throw new ShapeException($"CrossEntropy: expected at least two logits along the last axis, got {x.Type}: among one class there is nothing to tell apart, and the loss is always 0. For yes or no there is BinaryCrossEntropyWithLogits");
        if (call.Has("labels")) return OfLabels(call, call.OneHot(call.Argument<LabelsValue>("labels", null!), call.Argument("ignored", -1)));
        return graph.Add(new Negate(), graph.Sum(graph.Add(new Multiply(), call.Target("probabilities"), graph.LogSoftmax(x, last)), [last]));
    }

    /// <summary>
    /// log Σ eˣ − x[label]: its gradient comes out as softmax(x) − oneHot. The label's logit is selected, not multiplied out, so that
    /// another class may have −∞.
    /// </summary>
    private static Node OfLabels(DslCall call, Node oneHot)
    {
        var (graph, x, last, zero) = (call.Graph, call.Operand, call.Operand.Type.Rank - 1, call.Graph.Number(0));
        var shifted = graph.Shift(x, [last]).Shifted;
        var log = graph.Add(new Log(), graph.Sum(graph.Add(new Exp(), shifted), [last]));
        if (Shares(call, oneHot) is not { } shares) return graph.Add(new Subtract(), log, graph.Sum(graph.Add(new SelectGreater(), oneHot, zero, shifted, zero), [last]));
        var all = graph.Add(new Multiply(), log, graph.Sum(shares, [last]));
        return graph.Add(new Subtract(), all, graph.Sum(graph.Add(new SelectGreater(), shares, zero, graph.Add(new Multiply(), shares, shifted), zero), [last]));
    }

    /// <summary>
    /// What −log softmax of each class is multiplied by: w · ((1 − s) · oneHot + s / classes), and 0 where the label is ignored. Null where that is
    /// the one-hot vector itself.
    /// </summary>
    private static Node? Shares(DslCall call, Node oneHot)
    {
        var (graph, rank) = (call.Graph, oneHot.Type.Rank);
        var classes = oneHot.Type[rank - 1];
        var (smoothing, ignored) = (call.Argument("smoothing", 0.0), call.Argument("ignored", -1));
        if (!(smoothing >= 0 && smoothing <= 1)) throw new ShapeException(FormattableString.Invariant($"CrossEntropy: expected a smoothing from 0 to 1, got {smoothing}"), "smoothing");
        if (ignored < -1 || ignored > classes) throw new ShapeException($"CrossEntropy: expected an ignored label from 0 to {classes}, or -1 for none, where {English.There(classes, "logit")}, got {ignored}", "ignored");
        if (smoothing == 0 && ignored == -1 && !call.Has("weights")) return null;

        var weights = Weights(call, classes);
        var hot = graph.Add(new Multiply(), oneHot, PerClass(weights.Select((w, k) => k == ignored ? 0 : w * (1 - smoothing))));
        if (smoothing == 0) return hot;
        var spread = PerClass(weights.Select(w => w * smoothing / classes));
        if (ignored >= 0)
        {
            // 1 where the label counts. A label beyond the logits has no 1 in its one-hot vector.
            var counts = graph.Sum(graph.Add(new Multiply(), oneHot, PerClass(weights.Select((_, k) => k == ignored ? 0.0 : 1))), [rank - 1]);
            spread = graph.Add(new Multiply(), spread, graph.Keep(counts, oneHot.Type.Shape, [rank - 1]));
        }
        return graph.Add(new Add(), hot, spread);

        Node PerClass(IEnumerable<double> values) => graph.Add(new Constant(values.Select(v => (float)v).ToEquatable(), [classes]));
    }

    private static double[] Weights(DslCall call, int classes)
    {
        if (!call.Has("weights")) return [.. Enumerable.Repeat(1.0, classes)];
        var weights = call.Argument<float[]>("weights", []);
        if (weights.Length != classes) throw new ShapeException($"CrossEntropy: {English.Count(classes, "logit")} and {English.Count(weights.Length, "weight")}", "weights");
        for (var k = 0; k < classes; k++)
            if (!(weights[k] >= 0 && SinglePrecision.IsFinite(weights[k]))) throw new ShapeException(FormattableString.Invariant($"CrossEntropy: expected finite weights of at least 0, got {weights[k]} for class {k}"), "weights", k);
        return [.. weights.Select(w => (double)w)];
    }
}
