namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean over axes.</summary>
    /// <param name="axes">The axes that vanish; none named: all of them, which leaves a scalar.</param>
    public TSelf Mean(params int[] axes) => No;
}
