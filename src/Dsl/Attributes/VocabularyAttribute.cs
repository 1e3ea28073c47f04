namespace Kiln;

/// <summary>The number of different tokens of a <see cref="TokenSequence"/> parameter; tokens are 0 to size − 1.</summary>
/// <param name="size">At least 1.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class VocabularyAttribute(int size) : Attribute
{
    /// <summary>The number of different tokens.</summary>
    public int Size => size;
}
