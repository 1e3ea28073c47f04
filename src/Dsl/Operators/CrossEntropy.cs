namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>−Σ p · log softmax(x) along the last axis, which vanishes: x are logits, one number per class.</summary>
    /// <param name="probabilities">p, of x's shape.</param>
    public TSelf CrossEntropy(TSelf probabilities) => No;
}

public partial class Tensor
{
    /// <summary>−log softmax(x)[label] along the last axis, which vanishes: x are logits, one number per class.</summary>
    /// <param name="labels">Of x's shape without its last axis: [] on [10] logits, [5] on [5, 10].</param>
    public Tensor CrossEntropy(Labels labels) => throw new BuildTimeOnly();
}

/// <summary>−log softmax(x)[label], averaged where a sample has several labels: the stack ends in logits, one number per class, and learns from labels.</summary>
public sealed class CrossEntropyAttribute : StackLossAttribute;
