namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>log Σ eˣ over axes, without overflow.</summary>
    /// <param name="axes">The axes that vanish; none named: all of them, which leaves a scalar.</param>
    public TSelf LogSumExp(params int[] axes) => No;
}
