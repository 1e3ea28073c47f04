namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Every pixel repeated to a square. This version reports it as an error (operator not available yet).</summary>
    /// <param name="factor">The square's side.</param>
    public TSelf Upsample2D(int factor) => No;
}

/// <summary>Every pixel repeated to a square. This version reports it as an error (operator not available yet).</summary>
/// <param name="factor">The square's side.</param>
public sealed class Upsample2D(int factor) : Layer
{
    /// <summary>The square's side.</summary>
    public int Factor => factor;
}
