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
        if (!(momentum >= 0 && momentum <= 1)) throw new ShapeException(FormattableString.Invariant($"BatchNorm: a momentum from 0 to 1 expected, {momentum} came"), "momentum");
        if (x.Type.Rank == 0) throw new ShapeException($"BatchNorm: at least one axis expected, {x.Type} came");
        if (!x.Type.Batched) throw new ShapeException($"BatchNorm: a value of each sample expected, {x.Type} came, which is the same for all");
        var (rank, channels) = (x.Type.Rank, x.Type[0]);
        var (weight, bias) = call.ScaleAndShift([channels]);
        var mean = call.Parameter("running_mean", [channels], ParameterKind.Plain, channels, channels, Initializer.Zeros, trainable: false);
        var variance = call.Parameter("running_var", [channels], ParameterKind.Plain, channels, channels, Initializer.Ones, trainable: false);
        if (call.IsTraining)
        {
            (mean, variance) = OfBatch(call, x, mean, variance, momentum);
            var centred = graph.Add(new Subtract(), x, graph.PerChannel(mean, rank));
            var scale = graph.PerChannel(graph.Factor(weight, variance, epsilon), rank);
            return bias is null ? graph.Add(new Multiply(), centred, scale) : graph.Add(new ScaleShift(), centred, scale, graph.PerChannel(bias, rank));
        }

        // Numbers of a channel, computed once a call: what is left for each element is one multiply-add.
        var factor = graph.Factor(weight, variance, epsilon);
        var shift = graph.Add(new Negate(), graph.Add(new Multiply(), mean, factor));
        if (bias is not null) shift = graph.Add(new Primitives.Add(), bias, shift);
        return graph.Add(new ScaleShift(), x, graph.PerChannel(factor, rank), graph.PerChannel(shift, rank));
    }

    /// <summary>The batch's mean and variance for each channel; the running ones move towards them.</summary>
    private static (Node Mean, Node Variance) OfBatch(DslCall call, Node x, Node runningMean, Node runningVariance, double momentum)
    {
        var graph = call.Graph;
        EquatableArray<int> pixels = Enumerable.Range(1, x.Type.Rank - 1).ToEquatable();
        var area = x.Type.Length / x.Type[0];
        var count = graph.Scale(graph.Add(new LiveRows()), area);
        var mean = graph.Add(new Divide(), Total(x), count);
        var squares = Total(graph.Add(new Square(), graph.Add(new Subtract(), x, graph.PerChannel(mean, x.Type.Rank))));
        var variance = graph.Add(new Divide(), squares, count);
        call.Assign(runningMean, Several(Moved(runningMean, mean), runningMean));
        call.Assign(runningVariance, Several(Moved(runningVariance, graph.Add(new Divide(), squares, graph.Add(new Subtract(), count, graph.Number(1)))), runningVariance));
        return (Several(mean, runningMean), Several(variance, runningVariance));

        Node Total(Node value) => graph.Add(new BatchSum(), graph.Sum(value, pixels));
        Node Moved(Node running, Node newest) => graph.Add(new Primitives.Add(), graph.Scale(running, 1 - momentum), graph.Scale(newest, momentum));

        // A single number per channel has no variance.
        Node Several(Node ofBatch, Node running) => area > 1 ? ofBatch : graph.Add(new SelectGreater(), count, graph.Number(1), ofBatch, running);
    }
}
