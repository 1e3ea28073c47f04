namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>min(max(x, low), high); the derivative is 1 from low to high, both included, and 0 outside.</summary>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value, not below low.</param>
    public TSelf Clamp(double low, double high) => No;
}
