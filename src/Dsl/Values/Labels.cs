namespace Kiln;

/// <summary>Integers of one sample: classes from 0 on. Shape [] is one per sample.</summary>
public sealed partial class Labels
{
    private Labels() { }

    /// <summary>The same class for every sample.</summary>
    /// <param name="constant">A class, from 0 on.</param>
    public static implicit operator Labels(int constant) => throw new BuildTimeOnly();
}
