namespace Kiln.Generators.Graph;

/// <summary>The element type of a value.</summary>
internal enum DType { Float32, Int32 }

/// <summary>
/// The type of a value: its elements, whether it has the batch axis (which the language hides and which always comes
/// first), the axes of time that it runs over, and the shape of one sample, or of one step of it. A value without the batch axis is
/// the same for every sample: a parameter, a constant, a mean over the batch. It has no time either.
/// </summary>
internal sealed record TensorType(DType DType, bool Batched, EquatableArray<int> Shape)
{
    public static TensorType Float(bool batched, IEnumerable<int> shape) => new(DType.Float32, batched, shape.ToEquatable());

    /// <summary>The axes of time, the outermost first.</summary>
    public EquatableArray<TimeAxis> Time { get; init; } = [];

    public int Rank => Shape.Count;
    public int this[int axis] => Shape[axis];

    /// <summary>The number of elements of one sample, or of one step of it.</summary>
    public int Length
    {
        get
        {
            var length = 1;
            foreach (var size in Shape) length = checked(length * size);
            return length;
        }
    }

    public TensorType With(IEnumerable<int> shape) => this with { Shape = shape.ToEquatable() };

    /// <summary>The shape of one sample: beside an axis number, which counts from the sample's first axis.</summary>
    public string Sample => $"[{string.Join(", ", Shape)}]";

    /// <summary>NumPy's notation, the batch axis as N, then those of time: [N, t, 6, 28, 28].</summary>
    public override string ToString() => $"[{string.Join(", ", (Batched ? new[] { "N" } : []).Concat(Time.Select(t => t.ToString())).Concat(Shape.Select(d => d.ToString())))}]{(DType == DType.Int32 ? " int" : "")}";
}
