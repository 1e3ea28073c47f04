namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>All elements along one axis, row-major.</summary>
    public TSelf Flatten() => No;
}

/// <summary>All elements along one axis, row-major.</summary>
public sealed class Flatten : Layer;
