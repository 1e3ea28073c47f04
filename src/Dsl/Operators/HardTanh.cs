namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>min(max(x, −1), 1).</summary>
    public TSelf HardTanh() => No;
}

/// <summary>min(max(x, −1), 1).</summary>
public sealed class HardTanh : Layer;
