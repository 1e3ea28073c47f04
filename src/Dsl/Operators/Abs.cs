namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>|x|; its derivative at 0 is 0.</summary>
    public TSelf Abs() => No;
}

/// <summary>|x|; its derivative at 0 is 0. An activation for what does not depend on the sign of a contrast.</summary>
public sealed class Abs : Layer;
