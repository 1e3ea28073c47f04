namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>
    /// target · (log target − x), element by element; 0 where the target is 0. x are logarithms of probabilities, such as a <c>LogSoftmax</c>; the sum
    /// over the outcomes is KL(target ‖ eˣ). Kullback and Leibler 1951; PyTorch's KLDivLoss.
    /// </summary>
    /// <param name="target">Probabilities, of x's shape.</param>
    /// <param name="logTarget">Whether the target is logarithms of probabilities, too.</param>
    public TSelf KullbackLeiblerDivergence(TSelf target, bool logTarget = false) => No;
}

/// <summary>target · (log target − x), summed over the elements: the stack ends in logarithms of probabilities, such as a <c>LogSoftmax</c>, and learns from probabilities.</summary>
public sealed class KullbackLeiblerDivergenceAttribute : StackLossAttribute;
