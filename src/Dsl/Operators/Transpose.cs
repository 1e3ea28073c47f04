namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The axes in another order: the k-th axis of the result is the axis axes[k] of this. None named: in reverse.</summary>
    /// <param name="axes">Each axis once, or none.</param>
    public TSelf Transpose(params int[] axes) => No;
}
