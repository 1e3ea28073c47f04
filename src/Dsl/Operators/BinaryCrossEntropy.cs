namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>−t · log x − (1 − t) · log(1 − x), element by element; the logarithms are held at −100 and above. On logits use <see cref="BinaryCrossEntropyWithLogits(TSelf)"/>.</summary>
    /// <param name="target">t in [0, 1], of x's shape.</param>
    public TSelf BinaryCrossEntropy(TSelf target) => No;
}

/// <summary>−t · log x − (1 − t) · log(1 − x), summed over the elements: the stack ends in probabilities.</summary>
public sealed class BinaryCrossEntropyAttribute : StackLossAttribute;
