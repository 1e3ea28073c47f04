namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Normalises each sample, then scales and shifts it. Ba et al. 2016. This version reports it as an error (operator not available yet).</summary>
    public TSelf LayerNorm() => No;
}
