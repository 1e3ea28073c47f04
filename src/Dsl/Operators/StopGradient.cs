namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The same value, constant to gradients.</summary>
    public TSelf StopGradient() => No;
}
