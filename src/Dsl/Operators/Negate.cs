namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>−a.</summary>
    /// <param name="a">The operand.</param>
    public static TSelf operator -(Value<TSelf> a) => No;
}
