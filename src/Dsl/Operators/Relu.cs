namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>max(x, 0); its derivative at 0 is 0.</summary>
    public TSelf Relu() => No;
}

/// <summary>max(x, 0); its derivative at 0 is 0.</summary>
public sealed class Relu : Layer;
