using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class BatchNormOperator : DslOperator
{
    public override IEnumerable<string> Names => ["BatchNorm"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, epsilon) = (call.Graph, call.Operand, call.Epsilon());
        var momentum = call.Argument("momentum", 0.1);
        if (!(momentum >= 0 && momentum <= 1)) throw new ShapeException(FormattableString.Invariant($"BatchNorm: expected a momentum from 0 to 1, got {momentum}"), "momentum");
        if (x.Type.Rank == 0) throw new ShapeException($"BatchNorm: expected at least one axis per sample, got {x.Type}");
        if (!x.Type.Batched) throw new ShapeException($"BatchNorm: expected a value of each sample, got {x.Type}, which is the same for all");
        var (rank, channels) = (x.Type.Rank, x.Type[0]);
        var (weight, bias) = call.ScaleAndShift([channels]);
        var mean = call.Parameter("running_mean", [channels], ParameterKind.Plain, channels, channels, Initializer.Zeros, trainable: false);
        var variance = call.Parameter("running_var", [channels], ParameterKind.Plain, channels, channels, Initializer.Ones, trainable: false);
        if (call.IsTraining)
        {
            if (call.IsInScan) throw new ShapeException("BatchNorm: within a Scan there are no statistics of the batch, as its steps are computed one after the other: apply it to the Sequence before or after");
            (var centred, variance) = OfBatch(call, x, mean, variance, momentum);
            var scale = graph.PerChannel(graph.Factor(weight, variance, epsilon), rank);
            return bias is null ? graph.Add(new Multiply(), centred, scale) : graph.Add(new ScaleShift(), centred, scale, graph.PerChannel(bias, rank));
        }

        // Numbers of a channel, computed once a call: what is left for each element is one multiply-add.
        var factor = graph.Factor(weight, variance, epsilon);
        var shift = graph.Add(new Negate(), graph.Add(new Multiply(), mean, factor));
        if (bias is not null) shift = graph.Add(new Primitives.Add(), bias, shift);
        return graph.Add(new ScaleShift(), x, graph.PerChannel(factor, rank), graph.PerChannel(shift, rank));
    }

    /// <summary>The difference to the batch's mean, and its variance for each channel; the running ones move towards them.</summary>
    private static (Node Centred, Node Variance) OfBatch(DslCall call, Node x, Node runningMean, Node runningVariance, double momentum)
    {
        var (graph, time) = (call.Graph, x.Type.Time);
        EquatableArray<int> pixels = Enumerable.Range(1, x.Type.Rank - 1).ToEquatable();
        var area = x.Type.Length / x.Type[0];
        // Over time the live steps count, of all samples together.
        var steps = time.Count == 0 ? graph.Add(new LiveRows()) : graph.Add(new BatchSum(), time.Select(axis => graph.LengthsOf(axis)).Aggregate((a, b) => graph.Add(new Multiply(), a, b)));
        var count = graph.Scale(steps, area);
        var mean = graph.Add(new Divide(), Total(x), count);
        var centred = graph.Add(time.Count == 0 ? new Centred() : new Subtract(), x, graph.PerChannel(Several(mean, runningMean), x.Type.Rank));
        var squares = Total(graph.Add(new Square(), centred));
        var variance = graph.Add(new Divide(), squares, count);
        call.Assign(runningMean, Several(Moved(runningMean, mean), runningMean));
        call.Assign(runningVariance, Several(Moved(runningVariance, graph.Add(new Divide(), squares, graph.Add(new Subtract(), count, graph.Number(1)))), runningVariance));
        return (centred, Several(variance, runningVariance));

        Node Total(Node value) => graph.Add(new BatchSum(), graph.Sum(graph.LiveOrZero(value), pixels));
        Node Moved(Node running, Node newest) => graph.Add(new Primitives.Add(), graph.Scale(running, 1 - momentum), graph.Scale(newest, momentum));

        // A single number per channel has no variance. The running statistics are constants, and none of the network's.
        Node Several(Node ofBatch, Node running) => area > 1 ? ofBatch : graph.Add(new SelectGreater(), count, graph.Number(1), ofBatch, graph.Add(new StopGradient(), running));
    }
}

/// <summary>
/// (x, mean) → x − mean, where mean is x's own over the batch and all pixels of a channel (of a single number per channel, some constant). The gradient
/// of x is that through the mean too: dy less its mean, of which the part that is proportional to the difference itself is known to be zero.
/// </summary>
internal sealed record Centred : Pointwise
{
    public override Scalar Element(ImmutableArray<Scalar> x) => x[0] - x[1];

    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x)
    {
        // For each sample by itself: the mean's own derivative says what that is.
        if (graph.PerSample) return [dy, graph.Add(new Negate(), dy)];
        if (Mean(graph, y, dy) is not { } mean) return [dy, null];
        if (y.Type.Length == y.Type[0]) mean = graph.Add(new SelectGreater(), graph.Add(new LiveRows()), graph.Number(1), mean, graph.Number(0));
        return [graph.Add(new Subtract(), dy, mean), null];
    }

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) => new Subtract().AddLeadingAxis(graph, x, mapped, size);

    /// <summary>The mean over the batch and the pixels, for each channel; null where it is zero.</summary>
    private static Node? Mean(GraphBuilder graph, Node y, Node value)
    {
        if (value.Id == y.Id) return null;
        if (OfChannel(graph, y.Type, value) is { } constant) return constant;
        var x = graph.InputsOf(value);
        if (value.Operator is Add && x.All(v => v.Type.Shape == y.Type.Shape))
            return (Mean(graph, y, x[0]), Mean(graph, y, x[1])) switch { (var a, null) => a, (null, var b) => b, var (a, b) => graph.Add(new Add(), a, b) };
        for (var i = 0; value.Operator is Multiply && i < 2; i++)
            if (x[1 - i].Type.Shape == y.Type.Shape && OfChannel(graph, y.Type, x[i]) is { } factor)
                return Mean(graph, y, x[1 - i]) is { } mean ? graph.Add(new Multiply(), mean, factor) : null;

        EquatableArray<int> pixels = Enumerable.Range(1, y.Type.Rank - 1).ToEquatable();
        if (!value.Type.Batched) return graph.PerChannel(graph.Mean(value, pixels), y.Type.Rank);
        var count = graph.Scale(graph.Add(new LiveRows()), y.Type.Length / y.Type[0]);
        return graph.PerChannel(graph.Add(new Divide(), graph.Add(new BatchSum(), graph.Sum(value, pixels)), count), y.Type.Rank);
    }

    /// <summary>What all rows and pixels of a channel have in common, if they do: [channels, 1, 1], or a single number.</summary>
    private static Node? OfChannel(GraphBuilder graph, TensorType type, Node value)
    {
        var isPerChannel = false;
        EquatableArray<int> shape = [type[0], .. Enumerable.Repeat(1, type.Rank - 1)];
        for (; ; value = graph[value.Inputs[0]])
        {
            isPerChannel |= value.Type.Shape == shape;
            if (!value.Type.Batched && value.Type.Length == 1) return graph.Add(new Reshape([]), value);
            if (!value.Type.Batched && isPerChannel && value.Type.Length == type[0]) return graph.Add(new Reshape(shape), value);
            if (value.Operator is not (Broadcast or Reshape) || (isPerChannel && value.Type.Length != type[0])) return null;
        }
    }
}
