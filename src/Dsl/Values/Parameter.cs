namespace Kiln;

/// <summary>
/// A weight in the user's own hands: trained unless <see cref="Trainable"/> is false, the same for every sample. Its name
/// is the field's, <c>w</c>, or <see cref="Name"/>.
/// </summary>
public sealed class Parameter : Tensor
{
    /// <summary>A parameter of this shape.</summary>
    /// <param name="shape">Sizes of its axes, each at least 1; none for a single number.</param>
    public Parameter(params int[] shape) => Dimensions = shape;

    /// <summary>Sizes of its axes.</summary>
    public int[] Dimensions { get; }

    /// <summary>How initial values are drawn. Default: <see cref="Kiln.Initializer.GlorotUniform"/> if at least two axes are larger than 1, else zeros. A factor that starts at zero may have no gradient: give it ones or random numbers.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>Initial values are multiplied by this.</summary>
    public double Scale { get; set; } = 1;

    /// <summary>Whether programs train it. Default: true.</summary>
    public bool Trainable { get; set; } = true;

    /// <summary>Its name in checkpoints, instead of the field's.</summary>
    public string? Name { get; set; }

    /// <summary>The parameter as a plain value, where C# needs the type Tensor.</summary>
    public Tensor Value => throw new BuildTimeOnly();

    /// <summary>The parameter takes this value at the end of a successful call; one that is not finite makes the call fail. Two assignments in one program are an error.</summary>
    /// <param name="value">Of the parameter's shape, and the same for every sample.</param>
    public void Assign(Tensor value) => throw new BuildTimeOnly();
}
