namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The maximum over axes, NaN where one is among them; the derivative goes to the first of equal ones, or to the first NaN.</summary>
    /// <param name="axes">The axes that vanish; none named: all of them, which leaves a scalar.</param>
    public TSelf Max(params int[] axes) => No;
}
