namespace Kiln;

/// <summary>The number of classes of a <see cref="Labels"/> or <see cref="TokenSequence"/> parameter; labels are 0 to count − 1.</summary>
/// <param name="count">At least 1.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ClassesAttribute(int count) : Attribute
{
    /// <summary>The number of classes.</summary>
    public int Count => count;
}
