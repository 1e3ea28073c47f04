namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>x².</summary>
    public TSelf Square() => No;
}
