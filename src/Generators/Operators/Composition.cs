using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>Graph fragments that several words of the language are composed of.</summary>
internal static class Composition
{
    public static Node Number(this GraphBuilder graph, double value) => graph.Add(Constant.Of(value));

    /// <summary>One number at every place of a shape, the same for every sample.</summary>
    public static Node Fill(this GraphBuilder graph, double value, EquatableArray<int> shape) =>
        shape.Count == 0 ? graph.Number(value) : graph.Add(new Broadcast(false, shape), graph.Number(value));

    public static Node Scale(this GraphBuilder graph, Node x, double factor) => graph.Add(new Multiply(), x, graph.Number(factor));

    /// <summary>A reduction whose axes stay, with the size 1.</summary>
    public static Node Keep(this GraphBuilder graph, Node reduced, EquatableArray<int> shape, EquatableArray<int> axes) =>
        graph.Add(new Reshape(shape.Select((size, axis) => axes.Contains(axis) ? 1 : size).ToEquatable()), reduced);

    /// <summary>Sum over axes.</summary>
    public static Node Sum(this GraphBuilder graph, Node x, EquatableArray<int> axes) =>
        axes.Count == 0 ? x : graph.Add(new Reduce(Reduction.Sum, axes), x);

    public static Node Mean(this GraphBuilder graph, Node x, EquatableArray<int> axes) =>
        graph.Scale(graph.Sum(x, axes), 1.0 / axes.Aggregate(1, (n, axis) => n * x.Type[axis]));

    /// <summary>
    /// x less its maximum along the axes, and that maximum (axes kept). The maximum is a constant to gradients: what is
    /// built on the difference does not depend on it.
    /// </summary>
    public static (Node Shifted, Node Maximum) Shift(this GraphBuilder graph, Node x, EquatableArray<int> axes)
    {
        var maximum = graph.Add(new StopGradient(), graph.Keep(graph.Add(new Reduce(Reduction.Max, axes), x), x.Type.Shape, axes));
        return (graph.Add(new Subtract(), x, maximum), maximum);
    }

    /// <summary>x − log Σ eˣ along an axis.</summary>
    public static Node LogSoftmax(this GraphBuilder graph, Node x, int axis)
    {
        var shifted = graph.Shift(x, [axis]).Shifted;
        var sum = graph.Sum(graph.Add(new Exp(), shifted), [axis]);
        return graph.Add(new Subtract(), shifted, graph.Keep(graph.Add(new Log(), sum), x.Type.Shape, [axis]));
    }

    /// <summary>The value where x is not 0, also where x is NaN; elsewhere another.</summary>
    public static Node WhereNotZero(this GraphBuilder graph, Node x, Node value, Node otherwise) =>
        graph.Add(new SelectAbove(), graph.Add(new Abs(), x), graph.Number(0), value, otherwise);

    /// <summary>The operand of a loss, checked: of the prediction's shape, or a scalar.</summary>
    public static Node Target(this DslCall call, string name, string what = "target")
    {
        var target = call.Argument<Node>(name, null!);
        return target.Type.Shape == call.Operand.Type.Shape || target.Type.Rank == 0 ? target
            : throw new ShapeException($"{call.Name}: expected a {what} of the shape of {call.Operand.Type}, got {target.Type}", name);
    }
}
