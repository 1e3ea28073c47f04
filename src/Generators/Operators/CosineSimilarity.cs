using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class CosineSimilarityOperator : DslOperator
{
    public override IEnumerable<string> Names => ["CosineSimilarity"];

    public override object? Apply(DslCall call)
    {
        if (call.Operand.Type.Rank == 0) throw new ShapeException($"CosineSimilarity: expected vectors along an axis of a sample, got {call.Operand.Type}");
        return Of(call, call.Axis("axis", -1, call.Operand.Type.Rank), call.Epsilon(1e-8));
    }

    /// <summary>The cosine of the angle to the argument called other.</summary>
    public static Node Of(DslCall call, int axis, double epsilon)
    {
        var (graph, other) = (call.Graph, call.Argument<Node>("other", null!));
        if (other.Type.Shape != call.Operand.Type.Shape) throw new ShapeException($"{call.Name}: expected two values of one shape, got {call.Operand.Type} and {other.Type}", "other");
        return graph.Sum(graph.Add(new Multiply(), Direction(graph, call.Operand, axis, epsilon), Direction(graph, other, axis, epsilon)), [axis]);
    }

    /// <summary>
    /// x / max(‖x‖, ε). First x is divided by its largest element, or 2ε, so that no square is too large or too small for a float. That scale is a
    /// constant to gradients: what is built on the direction does not depend on it.
    /// </summary>
    private static Node Direction(GraphBuilder graph, Node x, int axis, double epsilon)
    {
        var largest = graph.Add(new Reduce(Reduction.Max, [axis]), graph.Add(new Abs(), x));
        var scale = graph.Add(new StopGradient(), graph.Add(new Maximum(), largest, graph.Number(2 * epsilon)));
        var scaled = graph.Add(new Divide(), x, graph.Keep(scale, x.Type.Shape, [axis]));
        // At least 1 where the largest element is the scale, so that a quarter is (ε / 2ε)².
        var square = graph.Add(new Maximum(), graph.Sum(graph.Add(new Square(), scaled), [axis]), graph.Number(0.25));
        return graph.Add(new Divide(), scaled, graph.Keep(graph.Add(new Sqrt(), square), x.Type.Shape, [axis]));
    }
}
