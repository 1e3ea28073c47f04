namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>All products of two vectors: [m] and [n] give [m, n].</summary>
    /// <param name="right">A vector.</param>
    public TSelf Outer(TSelf right) => No;
}
