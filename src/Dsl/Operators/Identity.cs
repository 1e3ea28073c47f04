namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x itself: the linear activation, for where a choice of activations is written.</summary>
    public TSelf Identity() => No;
}

/// <summary>x itself: the linear activation, for where a choice of activations is written.</summary>
public sealed class Identity : Layer;
