namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The natural logarithm; −∞ at 0.</summary>
    public TSelf Log() => No;
}
