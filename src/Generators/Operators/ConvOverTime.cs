using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ConvOverTimeOperator : DslOperator
{
    public override IEnumerable<string> Names => ["ConvOverTime"];

    public override object? Apply(DslCall call)
    {
        var (graph, channels) = (call.Graph, call.Positive("channels", 1));
        var windows = WindowOperator.Of(call, call.Positive("kernel", 1));
        var inputs = windows.Type.Length;
        var weight = call.Parameter("weight", [inputs, channels], ParameterKind.DenseWeight, inputs, channels, Initializer.Default);
        var y = graph.Add(new Einsum([0], [0, 1], [1]), graph.Add(new Reshape([inputs]), windows), weight);
        return call.Argument("bias", true) ? graph.Add(new Add(), y, call.Parameter("bias", [channels], ParameterKind.Bias, inputs, channels, Initializer.Zeros)) : y;
    }
}
