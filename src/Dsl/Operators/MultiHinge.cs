namespace Kiln;

public partial class Tensor
{
    /// <summary>
    /// The hinge loss of several classes, Σ over the other classes k of max(0, margin − x[label] + x[k]), divided by the number of classes, along the last axis, which vanishes: x are scores, one number
    /// per class. Weston and Watkins 1999; PyTorch's MultiMarginLoss, before the mean over the batch.
    /// </summary>
    /// <param name="labels">Of x's shape without its last axis: [] on [10] scores, [5] on [5, 10].</param>
    /// <param name="margin">By how much the score of the label is to be above the others: above 0.</param>
    public Tensor MultiHinge(Labels labels, double margin = 1) => throw new BuildTimeOnly();
}

public partial class Sequence
{
    /// <summary>At every step the hinge loss of several classes, along the last axis, which vanishes: x are scores, one number per class. As that of <see cref="Tensor"/>.</summary>
    /// <param name="labels">One per step, over the same time.</param>
    /// <param name="margin">By how much the score of the label is to be above the others: above 0.</param>
    public Sequence MultiHinge(TokenSequence labels, double margin = 1) => No;
}

/// <summary>The hinge loss of several classes, averaged where a sample has several labels, or one at every step: the stack ends in scores, one number per class, and learns from labels. Weston and Watkins 1999.</summary>
public sealed class MultiHingeAttribute : StackLossAttribute
{
    /// <summary>By how much the score of the label is to be above the others: above 0. Default: 1.</summary>
    public double Margin { get; set; } = 1;
}
