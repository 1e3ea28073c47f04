namespace Kiln;

/// <summary>Explicit steps instead of a loss: parameter += learning rate · direction, averaged over the batch. Every optimizer works on them.</summary>
public sealed class Update
{
    private Update() { }

    /// <summary>A step of one parameter.</summary>
    /// <param name="parameter">What moves.</param>
    /// <param name="direction">Of the parameter's shape; averaged over the batch if it depends on the sample.</param>
    public static Update Of(Parameter parameter, Tensor direction) => throw new BuildTimeOnly();

    /// <summary>Both steps; directions of the same parameter are added.</summary>
    /// <param name="a">A step.</param>
    /// <param name="b">A step.</param>
    public static Update operator +(Update a, Update b) => throw new BuildTimeOnly();
}
