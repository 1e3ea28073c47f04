namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>log(1 + eˣ), without overflow.</summary>
    public TSelf Softplus() => No;
}

/// <summary>log(1 + eˣ), without overflow.</summary>
public sealed class Softplus : Layer;
