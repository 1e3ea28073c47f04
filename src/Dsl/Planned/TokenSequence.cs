namespace Kiln;

/// <summary>Integers over time. This version reports it as an error (operator not available yet).</summary>
public sealed class TokenSequence
{
    private TokenSequence() { }

    /// <summary>1 at the token, 0 elsewhere. This version reports it as an error (operator not available yet).</summary>
    public Sequence OneHot() => throw new BuildTimeOnly();

    /// <summary>A trained vector per token. This version reports it as an error (operator not available yet).</summary>
    /// <param name="units">The vectors' length.</param>
    /// <param name="name">The layer's part of its parameters' names.</param>
    public Sequence Embed(int units, string? name = null) => throw new BuildTimeOnly();

    /// <summary>The tokens' vectors in a shared table. This version reports it as an error (operator not available yet).</summary>
    /// <param name="table">The table.</param>
    public Sequence Apply(Embedding table) => throw new BuildTimeOnly();

    /// <summary>Later by so many steps. This version reports it as an error (operator not available yet).</summary>
    /// <param name="steps">How many.</param>
    /// <param name="fill">What comes first.</param>
    public TokenSequence Shift(int steps, int fill = 0) => throw new BuildTimeOnly();
}
