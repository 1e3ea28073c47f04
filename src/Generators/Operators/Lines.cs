using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>Words along a line: the same as those over images, of images whose height is 1.</summary>
internal static class Lines
{
    /// <summary>A signal, [channels, length], as an image [channels, 1, length].</summary>
    public static Node Line(this DslCall call) => call.Operand.Type is { Rank: 2 } type
        ? call.Graph.Add(new Reshape([type[0], 1, type[1]]), call.Operand)
        : throw new ShapeException($"{call.Name}: expected a signal [channels, length], got {call.Operand.Type}");

    /// <summary>How the call's window moves along the line, as one over the image.</summary>
    public static WindowGeometry LineWindow(this DslCall call, Node image, bool pool = false) =>
        Windows.Of(AxisWindow.None, call.AxisWindows(Windows.Space.Line, [image.Type[2]], null, pool)[0]) with { Ceiling = pool && call.Argument("ceiling", false) };

    /// <summary>The image as a line again.</summary>
    public static Node AsLine(this GraphBuilder graph, Node image) => graph.Add(new Reshape([image.Type[0], image.Type[2]]), image);
}
