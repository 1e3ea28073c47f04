using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class Conv2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Conv2D"];

    public override object? Apply(DslCall call)
    {
        var (graph, image) = (call.Graph, call.Image());
        var (channels, groups) = (call.Positive("channels", 0), call.Positive("groups", 1));
        var window = call.Window(image);
        var inputs = image.Type[0];
        if (inputs % groups != 0 || channels % groups != 0)
            throw new ShapeException($"Conv2D: the {groups} groups must divide the {inputs} channels in and the {channels} out", "groups");
        var taps = window.KernelHeight * window.KernelWidth;
        var weight = call.Parameter("weight", [channels, inputs / groups, window.KernelHeight, window.KernelWidth], ParameterKind.ConvolutionWeight, inputs / groups * taps, channels / groups * taps, Initializer.Default);
        var y = graph.Add(new Convolution(window, groups), image, weight);
        if (!call.Argument("bias", true)) return y;
        var bias = call.Parameter("bias", [channels], ParameterKind.Bias, inputs / groups * taps, channels / groups * taps, Initializer.Zeros);
        return graph.Add(new Add(), y, graph.Add(new Reshape([channels, 1, 1]), bias));
    }
}
