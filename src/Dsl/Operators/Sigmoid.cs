namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>1 / (1 + e⁻ˣ), in (0, 1).</summary>
    public TSelf Sigmoid() => No;
}

/// <summary>1 / (1 + e⁻ˣ), in (0, 1).</summary>
public sealed class Sigmoid : Layer;
