using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>Windows as views: nothing is computed.</summary>
internal static class Patches
{
    /// <summary>An axis cut into windows, in whose place are two: [taps, windows].</summary>
    public static Node Along(GraphBuilder graph, Node x, int axis, AxisWindow window)
    {
        var windows = WindowGeometry.Extent(x.Type[axis], window);
        // So much is read that every tap has a whole number of strides.
        var needed = checked((int)(window.Reach - 1 + (long)window.Stride * windows));
        var after = Math.Max(0, needed - window.Before - x.Type[axis]);
        if (window.Before > 0 || after > 0) x = graph.Add(new Pad(axis, window.Before, after), x);
        EquatableArray<int> Shape(params int[] inPlace) => [.. x.Type.Shape.Take(axis), .. inPlace, .. x.Type.Shape.Skip(axis + 1)];
        var taps = new Node[window.Kernel];
        for (var u = 0; u < taps.Length; u++)
        {
            var tap = graph.Add(new Slice(axis, u * window.Dilation, window.Stride * windows), x);
            if (window.Stride > 1) tap = graph.Add(new Slice(axis + 1, 0, 1), graph.Add(new Reshape(Shape(windows, window.Stride)), tap));
            taps[u] = graph.Add(new Reshape(Shape(1, windows)), tap);
        }
        return taps.Length == 1 ? taps[0] : graph.Add(new Concat(axis), taps);
    }
}
