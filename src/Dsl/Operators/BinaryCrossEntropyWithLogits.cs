namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>softplus(x) − t · x, element by element: the binary cross-entropy of sigmoid(x), exact in the tails.</summary>
    /// <param name="target">t in [0, 1], of x's shape.</param>
    public TSelf BinaryCrossEntropyWithLogits(TSelf target) => No;

    /// <summary>softplus(x) − t · x, element by element: the binary cross-entropy of sigmoid(x), exact in the tails.</summary>
    /// <param name="target">t in [0, 1], the same everywhere.</param>
    public TSelf BinaryCrossEntropyWithLogits(double target) => No;
}

/// <summary>softplus(x) − t · x, summed over the elements: the stack ends in logits.</summary>
public sealed class BinaryCrossEntropyWithLogitsAttribute : StackLossAttribute;
