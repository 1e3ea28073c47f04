namespace Kiln;

/// <summary>Whole numbers over time, from 0 on: one token per step. Each sample has its own length.</summary>
public sealed partial class TokenSequence
{
    private TokenSequence() { }
}
