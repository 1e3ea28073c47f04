namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Sum: a + b. Shapes broadcast as in NumPy: aligned at the right, sizes equal or one of them 1.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator +(Value<TSelf> a, Value<TSelf> b) => No;

    /// <summary>Sum: a + b with a constant.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator +(Value<TSelf> a, double b) => No;

    /// <summary>Sum: a + b with a constant.</summary>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    public static TSelf operator +(double a, Value<TSelf> b) => No;
}

public partial class Sequence
{
    /// <summary>Sum: a + b, with the same tensor at every step; shapes broadcast.</summary>
    /// <param name="a">The same at every step.</param>
    /// <param name="b">The steps.</param>
    public static Sequence operator +(Tensor a, Sequence b) => No;

    /// <summary>Sum: a + b, with the same tensor at every step; shapes broadcast.</summary>
    /// <param name="a">The steps.</param>
    /// <param name="b">The same at every step.</param>
    public static Sequence operator +(Sequence a, Tensor b) => No;
}
