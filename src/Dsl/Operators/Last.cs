namespace Kiln;

public partial class Sequence
{
    /// <summary>The last step of each sample.</summary>
    public Tensor Last() => throw new BuildTimeOnly();
}

/// <summary>The last step of each sample: behind it a stack is about the whole sequence.</summary>
public sealed class LastState : Layer;
