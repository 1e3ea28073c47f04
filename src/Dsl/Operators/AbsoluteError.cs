namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>|x − target|, element by element; its derivative at 0 is 0.</summary>
    /// <param name="target">Of x's shape.</param>
    public TSelf AbsoluteError(TSelf target) => No;
}

/// <summary>|x − target|, summed over the elements.</summary>
public sealed class AbsoluteErrorAttribute : StackLossAttribute;
