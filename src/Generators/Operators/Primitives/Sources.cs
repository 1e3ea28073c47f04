using System.Collections.Immutable;
using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators.Primitives;

/// <summary>A value that comes from outside the graph: no inputs, no gradient.</summary>
internal abstract record Source : Operator
{
    public override IReadOnlyList<Node?> Gradient(GraphBuilder graph, Node y, Node dy, ImmutableArray<Node> x) => [];

    public override Node AddLeadingAxis(GraphBuilder graph, ImmutableArray<Node> x, ImmutableArray<bool> mapped, int size) =>
        throw new InvalidOperationException("a source has no inputs to map over");
}

/// <summary>The program's Index-th input: floats, or labels as Int32.</summary>
internal sealed record InputRead(int Index, TensorType Type) : Source
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => Type;
}

/// <summary>The network's parameter of that name: no batch axis.</summary>
internal sealed record ParameterRead(string Name, EquatableArray<int> Shape) : Source
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => new(DType.Float32, false, Shape);
}

/// <summary>Numbers known at build time, in row-major order. A scalar has the shape []. Labels known at build time are an Int32 constant.</summary>
internal sealed record Constant(EquatableArray<float> Values, EquatableArray<int> Shape, DType DType = DType.Float32) : Source
{
    public static Constant Of(double value) => new([(float)value], []);

    public override TensorType Infer(ImmutableArray<TensorType> inputs) => new(DType, false, Shape);
}

/// <summary>The number of live rows of this call, as a scalar without batch axis: what a mean over the batch divides by.</summary>
internal sealed record LiveRows : Source
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => new(DType.Float32, false, []);
}

/// <summary>The network's state of that name: one value per row, as the call finds it. A constant to gradients.</summary>
internal sealed record StateRead(string Name, EquatableArray<int> Shape) : Source
{
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => TensorType.Float(true, Shape);
}

internal enum Distribution
{
    /// <summary>[0, 1), 24 bits.</summary>
    Uniform,

    /// <summary>Mean 0, variance 1, by Box-Muller.</summary>
    Normal,
}

/// <summary>
/// Random numbers by a counter: a function of seed, stream name, step, global sample, step of time and element only, whatever the
/// layout, the vector width or the thread. Two draws are never the same value.
/// </summary>
internal sealed record RandomDraw(Distribution Distribution, string Stream, bool Batched, EquatableArray<int> Shape) : Source
{
    /// <summary>Axes of time along which each step has a draw of its own.</summary>
    public EquatableArray<TimeAxis> Time { get; init; } = [];

    public override bool IsPure => false;
    public override TensorType Infer(ImmutableArray<TensorType> inputs) => new(DType.Float32, Batched, Shape) { Time = Time };
}
