namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>With d = x − target: d² / 2 where |d| ≤ delta, delta · (|d| − delta / 2) elsewhere; element by element. Huber 1964.</summary>
    /// <param name="target">Of x's shape.</param>
    /// <param name="delta">From where on the loss is linear, above 0.</param>
    public TSelf Huber(TSelf target, double delta = 1) => No;
}

/// <summary>With d = x − target: d² / 2 where |d| ≤ delta, delta · (|d| − delta / 2) elsewhere; summed over the elements. Huber 1964.</summary>
/// <param name="delta">From where on the loss is linear, above 0.</param>
public sealed class HuberAttribute(double delta = 1) : StackLossAttribute
{
    /// <summary>From where on the loss is linear.</summary>
    public double Delta => delta;
}
