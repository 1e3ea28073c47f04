namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>min(max(x, 0), 6).</summary>
    public TSelf Relu6() => No;
}

/// <summary>min(max(x, 0), 6).</summary>
public sealed class Relu6 : Layer;
