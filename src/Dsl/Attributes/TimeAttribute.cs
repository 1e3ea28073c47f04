namespace Kiln;

/// <summary>
/// Names the time axis of a <see cref="Sequence"/> or <see cref="TokenSequence"/> parameter. Parameters with one name have the same lengths, sample by sample; without the
/// attribute a parameter has an axis of its own name.
/// </summary>
/// <param name="name">The axis.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimeAttribute(string name) : Attribute
{
    /// <summary>The axis.</summary>
    public string Name => name;

    /// <summary>The greatest length, at least 1. Default: 0, no bound declared.</summary>
    public int Max { get; set; }
}
