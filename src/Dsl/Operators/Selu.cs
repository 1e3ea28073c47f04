namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>1.0507 · (x where x &gt; 0, 1.67326 · (eˣ − 1) elsewhere): of normal inputs mean 0 and variance 1 are kept. Klambauer et al. 2017.</summary>
    public TSelf Selu() => No;
}

/// <summary>1.0507 · (x where x &gt; 0, 1.67326 · (eˣ − 1) elsewhere): of normal inputs mean 0 and variance 1 are kept. Klambauer et al. 2017.</summary>
public sealed class Selu : Layer;
