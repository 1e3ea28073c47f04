namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Difference: a − b. Shapes broadcast as in NumPy: aligned at the right, sizes equal or one of them 1.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator -(Value<TSelf> a, Value<TSelf> b) => No;

    /// <summary>Difference: a − b with a constant.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator -(Value<TSelf> a, double b) => No;

    /// <summary>Difference: a − b with a constant.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator -(double a, Value<TSelf> b) => No;
}
