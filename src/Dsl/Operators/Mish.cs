namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x · tanh(log(1 + eˣ)). Misra 2019.</summary>
    public TSelf Mish() => No;
}

/// <summary>x · tanh(log(1 + eˣ)). Misra 2019.</summary>
public sealed class Mish : Layer;
