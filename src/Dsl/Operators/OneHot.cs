namespace Kiln;

public sealed partial class Labels
{
    /// <summary>1 at the label's class and 0 elsewhere, along a new last axis as long as there are classes.</summary>
    public Tensor OneHot() => throw new BuildTimeOnly();
}
