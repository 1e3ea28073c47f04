namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The mean of (x − target)² over all elements: a scalar.</summary>
    /// <param name="target">Of x's shape.</param>
    public TSelf MeanSquaredError(TSelf target) => No;
}

/// <summary>The mean of (x − target)² over all elements.</summary>
public sealed class MeanSquaredErrorAttribute : StackLossAttribute;
