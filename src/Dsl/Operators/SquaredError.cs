namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>(x − target)², element by element.</summary>
    /// <param name="target">Of x's shape.</param>
    public TSelf SquaredError(TSelf target) => No;
}

/// <summary>(x − target)², summed over the elements.</summary>
public sealed class SquaredErrorAttribute : StackLossAttribute;
