using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>What the words that normalise are composed of.</summary>
internal static class Normalisation
{
    /// <summary>The trained scale and shift of a layer that normalises, unless it has none.</summary>
    public static (Node? Weight, Node? Bias) ScaleAndShift(this DslCall call, EquatableArray<int> shape)
    {
        if (!call.Argument("affine", true)) return (null, null);
        var size = shape.Aggregate(1, (n, d) => n * d);
        return (call.Parameter("weight", shape, ParameterKind.Plain, size, size, Initializer.Ones), call.Parameter("bias", shape, ParameterKind.Bias, size, size, Initializer.Zeros));
    }

    /// <summary>What is added to a variance: above 0 as a float.</summary>
    public static double Epsilon(this DslCall call, double fallback = 1e-5) => call.Finite("epsilon", fallback) is var epsilon && (float)epsilon > 0 ? epsilon
        : throw new ShapeException(FormattableString.Invariant($"{call.Name}: epsilon must be above 0, got {epsilon}"), "epsilon");

    /// <summary>(x − mean) / √(variance + epsilon), mean and variance over these axes of each sample.</summary>
    public static Node Normalised(this DslCall call, Node x, EquatableArray<int> axes)
    {
        var (graph, epsilon) = (call.Graph, call.Epsilon());
        if (axes.Aggregate(1, (n, axis) => n * x.Type[axis]) < 2) throw new ShapeException($"{call.Name}: expected at least two elements to normalise, got {call.Operand.Type}");
        var centred = graph.Add(new Subtract(), x, graph.Keep(graph.Mean(x, axes), x.Type.Shape, axes));
        var variance = graph.Mean(graph.Add(new Square(), centred), axes);
        return graph.Add(new Multiply(), centred, graph.Keep(graph.Factor(null, variance, epsilon), x.Type.Shape, axes));
    }

    /// <summary>One number per channel, the first axis, beside a value of that rank.</summary>
    public static Node PerChannel(this GraphBuilder graph, Node values, int rank) =>
        rank == 1 ? values : graph.Add(new Reshape([values.Type[0], .. Enumerable.Repeat(1, rank - 1)]), values);

    /// <summary>weight / √(variance + epsilon), or its reciprocal where there is no weight.</summary>
    public static Node Factor(this GraphBuilder graph, Node? weight, Node variance, double epsilon) =>
        graph.Add(new Divide(), weight ?? graph.Number(1), graph.Add(new Sqrt(), graph.Add(new Primitives.Add(), variance, graph.Number(epsilon))));
}
