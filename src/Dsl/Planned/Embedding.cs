namespace Kiln;

/// <summary>A trained vector per token. This version reports it as an error (operator not available yet).</summary>
/// <param name="vocabulary">How many tokens there are.</param>
/// <param name="units">The vectors' length.</param>
public sealed class Embedding(int vocabulary, int units) : Layer
{
    /// <summary>How many tokens there are.</summary>
    public int Vocabulary => vocabulary;

    /// <summary>The vectors' length.</summary>
    public int Units => units;

    /// <summary>The table, [vocabulary, units].</summary>
    public Parameter Weight => throw new BuildTimeOnly();

    /// <summary>The label's vector. This version reports it as an error (operator not available yet).</summary>
    /// <param name="token">One per sample.</param>
    public Tensor Apply(Labels token) => throw new BuildTimeOnly();

    /// <summary>Every token's vector. This version reports it as an error (operator not available yet).</summary>
    /// <param name="tokens">Integers over time.</param>
    public Sequence Apply(TokenSequence tokens) => throw new BuildTimeOnly();
}

public sealed partial class Labels
{
    /// <summary>A trained vector per class. This version reports it as an error (operator not available yet).</summary>
    /// <param name="units">The vectors' length.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public Tensor Embed(int units, string? name = null) => throw new BuildTimeOnly();

    /// <summary>The label's vector in a shared table. This version reports it as an error (operator not available yet).</summary>
    /// <param name="table">The table.</param>
    public Tensor Apply(Embedding table) => throw new BuildTimeOnly();
}
