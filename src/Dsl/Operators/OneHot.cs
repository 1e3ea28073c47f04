namespace Kiln;

public sealed partial class Labels
{
    /// <summary>1 at the label's class and 0 elsewhere, along a new last axis as long as there are classes.</summary>
    public Tensor OneHot() => throw new BuildTimeOnly();
}

public sealed partial class TokenSequence
{
    /// <summary>At every step a vector as long as the vocabulary: 1 at the token and 0 elsewhere.</summary>
    public Sequence OneHot() => throw new BuildTimeOnly();
}
