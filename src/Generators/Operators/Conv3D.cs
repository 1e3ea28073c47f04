using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class Conv3DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Conv3D"];

    /// <summary>
    /// Windows in depth become channels, [channels in · kernel depth], and every depth out is an image of its own: the convolution of
    /// images does the rest.
    /// </summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        if (x.Type.Rank != 4) throw new ShapeException($"Conv3D: expected a volume [channels, depth, height, width], got {x.Type}");
        var inputs = x.Type[0];
        var (channels, groups) = call.Channels(inputs);
        var windows = call.AxisWindows(Windows.Space.Volume, [.. x.Type.Shape.Skip(1)]);
        var window = Windows.Of(windows[1], windows[2]);
        var (depth, taps) = (windows[0].Kernel, windows[0].Kernel * window.KernelHeight * window.KernelWidth);
        var weight = call.Parameter("weight", [channels, inputs / groups, depth, window.KernelHeight, window.KernelWidth], ParameterKind.Plain, inputs / groups * taps, channels / groups * taps, Initializer.HeUniform);
        var patches = Patches.Along(graph, x, 1, windows[0]);
        var images = graph.Add(new Reshape([patches.Type[2], inputs * depth, x.Type[2], x.Type[3]]), graph.Add(new Transpose([2, 0, 1, 3, 4]), patches));
        var kernel = graph.Add(new Reshape([channels, inputs / groups * depth, window.KernelHeight, window.KernelWidth]), weight);
        var y = graph.Add(new Transpose([1, 0, 2, 3]), graph.Add(new Convolution(window, groups), images, kernel));
        return call.AddBias(y, [channels], inputs / groups * taps, channels / groups * taps);
    }
}
