namespace Kiln;

/// <summary>Names the time axis: parameters with one name have the same lengths, row by row. This version reports it as an error (operator not available yet).</summary>
/// <param name="name">The axis.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimeAttribute(string name) : Attribute
{
    /// <summary>The axis.</summary>
    public string Name => name;

    /// <summary>The greatest length; 0: no bound declared.</summary>
    public int Max { get; set; }
}

/// <summary>The number of tokens of a TokenSequence parameter. This version reports it as an error (operator not available yet).</summary>
/// <param name="size">The number of tokens.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class VocabularyAttribute(int size) : Attribute
{
    /// <summary>The number of tokens.</summary>
    public int Size => size;
}
