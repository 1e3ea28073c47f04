using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class WeightedAveragePool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["WeightedAveragePool2D"];

    public override object? Apply(DslCall call)
    {
        var (graph, image) = (call.Graph, call.Image());
        var window = call.Window(image, pool: true);
        // What hangs over is zeros like padding: with them, every window is whole.
        var (height, width) = (window.OutputHeight(image.Type[1]), window.OutputWidth(image.Type[2]));
        window = window with
        {
            Ceiling = false,
            Bottom = Math.Max(window.Bottom, (height - 1) * window.StrideY + window.KernelHeight - window.Top - image.Type[1]),
            Right = Math.Max(window.Right, (width - 1) * window.StrideX + window.KernelWidth - window.Left - image.Type[2]),
        };
        var (channels, taps) = (image.Type[0], window.KernelHeight * window.KernelWidth);
        var weight = call.Parameter("weight", [channels, window.KernelHeight, window.KernelWidth], ParameterKind.Plain, taps, taps, Initializer.Zeros);
        var shares = graph.Add(new Exp(), graph.LogSoftmax(graph.Add(new Reshape([channels, taps]), weight), 1));
        return graph.Add(new Convolution(window, channels), image, graph.Add(new Reshape([channels, 1, window.KernelHeight, window.KernelWidth]), shares));
    }
}
