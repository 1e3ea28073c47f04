namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x where x &gt; 0, alpha · (eˣ − 1) elsewhere. Clevert et al. 2016.</summary>
    /// <param name="alpha">Minus the value far to the left.</param>
    public TSelf Elu(double alpha = 1) => No;
}

/// <summary>x where x &gt; 0, alpha · (eˣ − 1) elsewhere. Clevert et al. 2016.</summary>
/// <param name="alpha">Minus the value far to the left.</param>
public sealed class Elu(double alpha = 1) : Layer
{
    /// <summary>Minus the value far to the left.</summary>
    public double Alpha => alpha;
}
