namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x · sigmoid(x), also called swish. Elfwing et al. 2018.</summary>
    public TSelf Silu() => No;
}

/// <summary>x · sigmoid(x), also called swish. Elfwing et al. 2018.</summary>
public sealed class Silu : Layer;
