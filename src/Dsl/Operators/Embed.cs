namespace Kiln;

public sealed partial class Labels
{
    /// <summary>A trained vector for each class.</summary>
    /// <param name="units">The vectors' length, at least 1.</param>
    /// <param name="initializer">How the table's initial values are drawn. Default: <see cref="Initializer.Normal"/>.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public Tensor Embed(int units, Initializer initializer = default, string? name = null) => throw new BuildTimeOnly();

    /// <summary>The label's vector in a table that others share.</summary>
    /// <param name="table">The table.</param>
    public Tensor Apply(Embedding table) => throw new BuildTimeOnly();
}

public sealed partial class TokenSequence
{
    /// <summary>A trained vector for each token.</summary>
    /// <param name="units">The vectors' length, at least 1.</param>
    /// <param name="initializer">How the table's initial values are drawn. Default: <see cref="Initializer.Normal"/>.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public Sequence Embed(int units, Initializer initializer = default, string? name = null) => throw new BuildTimeOnly();

    /// <summary>The tokens' vectors in a table that others share.</summary>
    /// <param name="table">The table.</param>
    public Sequence Apply(Embedding table) => throw new BuildTimeOnly();
}

/// <summary>A trained vector for each token: the product of a one-hot vector and a matrix, without either being computed.</summary>
/// <param name="vocabulary">The number of different tokens, at least 1.</param>
/// <param name="units">The vectors' length, at least 1.</param>
public sealed class Embedding(int vocabulary, int units) : Layer
{
    /// <summary>The number of different tokens.</summary>
    public int Vocabulary => vocabulary;

    /// <summary>The vectors' length.</summary>
    public int Units => units;

    /// <summary>How the table's initial values are drawn. Default: <see cref="Kiln.Initializer.Normal"/>.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>The initial values are multiplied by this.</summary>
    public double InitializerScale { get; set; } = 1;

    /// <summary>The table, [vocabulary, units].</summary>
    public Parameter Weight => throw new BuildTimeOnly();

    /// <summary>The label's vector.</summary>
    /// <param name="token">One per sample.</param>
    public Tensor Apply(Labels token) => throw new BuildTimeOnly();

    /// <summary>Every token's vector.</summary>
    /// <param name="tokens">Whole numbers over time.</param>
    public Sequence Apply(TokenSequence tokens) => throw new BuildTimeOnly();
}
