namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>−1, 0 or 1. Constant to gradients.</summary>
    public TSelf Sign() => No;
}
