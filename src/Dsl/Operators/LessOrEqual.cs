namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>1 where a is less than or equal to b, 0 elsewhere; shapes broadcast. Constant to gradients.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator <=(Value<TSelf> a, Value<TSelf> b) => No;

    /// <summary>1 where a is less than or equal to the constant, 0 elsewhere. Constant to gradients.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator <=(Value<TSelf> a, double b) => No;
}
