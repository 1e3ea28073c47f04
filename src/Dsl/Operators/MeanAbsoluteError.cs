namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean of |x − target| over all elements: a scalar. Its derivative is 0 where the two are equal.</summary>
    /// <param name="target">Of x's shape.</param>
    public TSelf MeanAbsoluteError(TSelf target) => No;
}

/// <summary>The mean of |x − target| over all elements.</summary>
public sealed class MeanAbsoluteErrorAttribute : StackLossAttribute;
