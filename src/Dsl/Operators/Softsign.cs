namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x / (1 + |x|).</summary>
    public TSelf Softsign() => No;
}

/// <summary>x / (1 + |x|).</summary>
public sealed class Softsign : Layer;
