using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LocallyConnected2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["LocallyConnected2D"];

    /// <summary>One product per place of the windows' pixels, [channels in, rows, rows out, columns, columns out], with its own kernel.</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, image, channels) = (call.Graph, call.Image(), call.Positive("channels", 0));
        var windows = call.AxisWindows(Windows.Space.Image, [image.Type[1], image.Type[2]]);
        var (kh, kw, inputs) = (windows[0].Kernel, windows[1].Kernel, image.Type[0]);
        var (oh, ow) = (WindowGeometry.Extent(image.Type[1], windows[0]), WindowGeometry.Extent(image.Type[2], windows[1]));
        var (fanIn, fanOut) = (checked(inputs * kh * kw), checked(channels * kh * kw));
        var weight = call.Parameter("weight", [channels, oh, ow, inputs, kh, kw], ParameterKind.Plain, fanIn, fanOut, Initializer.HeUniform);
        var patches = Patches.Along(graph, Patches.Along(graph, image, 1, windows[0]), 3, windows[1]);
        const int c = 0, u = 1, i = 2, v = 3, j = 4, o = 5;
        var y = graph.Add(new Einsum([c, u, i, v, j], [o, i, j, c, u, v], [o, i, j]), patches, weight);
        return call.AddBias(y, [channels, oh, ow], fanIn, fanOut);
    }
}
