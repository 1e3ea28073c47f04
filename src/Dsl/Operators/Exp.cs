namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>eˣ.</summary>
    public TSelf Exp() => No;
}
