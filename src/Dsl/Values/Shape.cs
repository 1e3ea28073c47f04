namespace Kiln;

/// <summary>The sizes of a value's axes for one sample; numbers of the build, usable wherever the language takes an int.</summary>
public sealed class Shape
{
    private Shape() { }

    /// <summary>The number of axes.</summary>
    public int Rank => throw new BuildTimeOnly();

    /// <summary>The size of an axis.</summary>
    /// <param name="axis">0 to <see cref="Rank"/> − 1.</param>
    public int this[int axis] => throw new BuildTimeOnly();

    /// <summary>The number of elements: the product of all sizes.</summary>
    public int Length => throw new BuildTimeOnly();
}
