namespace Kiln;

/// <summary>
/// One value for each row of the batch that outlives a call. All programs share it: reading gives the value at the start of the call, and
/// <see cref="Assign"/> the one after it. Constant to gradients.
/// </summary>
public sealed class State : Tensor
{
    /// <summary>A state of this shape.</summary>
    /// <param name="shape">Sizes of one row's axes, each at least 1; none for a single number.</param>
    public State(params int[] shape) => Dimensions = shape;

    /// <summary>Sizes of one row's axes.</summary>
    public int[] Dimensions { get; }

    /// <summary>The value of every element at the start and after a reset. Default: 0.</summary>
    public double Initial { get; set; }

    /// <summary>The state as a plain value, where C# needs the type Tensor.</summary>
    public Tensor Value => throw new BuildTimeOnly();

    /// <summary>The state takes this value at the end of a successful call. Two assignments in one program are an error.</summary>
    /// <param name="value">Of the state's shape.</param>
    public void Assign(Tensor value) => throw new BuildTimeOnly();
}
