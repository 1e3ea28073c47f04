namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>max(0, 1 − target · x), element by element.</summary>
    /// <param name="target">−1 or 1, of x's shape.</param>
    public TSelf Hinge(TSelf target) => No;
}

/// <summary>max(0, 1 − target · x), summed over the elements; targets are −1 or 1.</summary>
public sealed class HingeAttribute : StackLossAttribute;
