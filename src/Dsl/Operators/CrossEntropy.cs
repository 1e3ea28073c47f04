namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>−Σ p · log softmax(x) along the last axis, which vanishes: x are logits, one number per class.</summary>
    /// <param name="probabilities">p, of x's shape.</param>
    public TSelf CrossEntropy(TSelf probabilities) => No;
}

public partial class Tensor
{
    /// <summary>
    /// −log softmax(x)[label] along the last axis, which vanishes: x are logits, one number per class. In full: −Σ w · q · log softmax(x) over the
    /// classes, with q = (1 − s) · oneHot(label) + s / classes. As PyTorch has it, before the mean over the batch.
    /// </summary>
    /// <param name="labels">Of x's shape without its last axis: [] on [10] logits, [5] on [5, 10].</param>
    /// <param name="smoothing">s in [0, 1]: the share of the label's probability that is spread evenly over all classes. Szegedy et al. 2016.</param>
    /// <param name="weights">w, one number for each class, at least 0. Default: 1.</param>
    /// <param name="ignored">A label whose loss is 0 and moves nothing; −1: none. It may be a class more than there are logits.</param>
    public Tensor CrossEntropy(Labels labels, double smoothing = 0, double[]? weights = null, int ignored = -1) => throw new BuildTimeOnly();
}

public partial class Sequence
{
    /// <summary>At every step −log softmax(x)[label] along the last axis, which vanishes: x are logits, one number per class. As that of <see cref="Tensor"/>.</summary>
    /// <param name="labels">One per step, over the same time.</param>
    /// <param name="smoothing">s in [0, 1]: the share of the label's probability that is spread evenly over all classes. Szegedy et al. 2016.</param>
    /// <param name="weights">One number for each class, at least 0. Default: 1.</param>
    /// <param name="ignored">A label whose loss is 0 and moves nothing; −1: none. It may be a class more than there are logits.</param>
    public Sequence CrossEntropy(TokenSequence labels, double smoothing = 0, double[]? weights = null, int ignored = -1) => No;
}

/// <summary>−log softmax(x)[label], averaged where a sample has several labels, or one at every step: the stack ends in logits, one number per class, and learns from labels.</summary>
public sealed class CrossEntropyAttribute : StackLossAttribute
{
    /// <summary>The share in [0, 1] of the label's probability that is spread evenly over all classes. Default: 0. Szegedy et al. 2016.</summary>
    public double Smoothing { get; set; }

    /// <summary>What the loss of each class is multiplied by, one number for each, at least 0. Default: 1.</summary>
    public double[]? Weights { get; set; }

    /// <summary>A label whose loss is 0 and moves nothing. Default: −1, none. It may be a class more than there are logits.</summary>
    public int Ignored { get; set; } = -1;
}
