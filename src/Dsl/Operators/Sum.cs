namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The sum over axes.</summary>
    /// <param name="axes">The axes that vanish; none named: all of them, which leaves a scalar.</param>
    public TSelf Sum(params int[] axes) => No;
}
