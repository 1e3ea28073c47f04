namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>tanh x, in (−1, 1).</summary>
    public TSelf Tanh() => No;
}

/// <summary>tanh x, in (−1, 1).</summary>
public sealed class Tanh : Layer;
