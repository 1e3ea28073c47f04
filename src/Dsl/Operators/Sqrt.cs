namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The square root; its derivative at 0 is infinite.</summary>
    public TSelf Sqrt() => No;
}
