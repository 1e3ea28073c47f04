namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>|x|; its derivative at 0 is 0.</summary>
    public TSelf Abs() => No;
}
