namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>
    /// eˣ − target · x, element by element: −log of the Poisson probability of the target where the expected count is eˣ, less log(target!), which
    /// does not depend on x. PyTorch's PoissonNLLLoss of logarithms.
    /// </summary>
    /// <param name="target">Counts from 0 on, of x's shape.</param>
    /// <param name="full">Whether log(target!) is added, by Stirling's formula: t · log t − t + log(2πt) / 2 for t above 1.</param>
    public TSelf PoissonNegativeLogLikelihood(TSelf target, bool full = false) => No;
}

/// <summary>eˣ − target · x, summed over the elements: the stack ends in logarithms of expected counts.</summary>
public sealed class PoissonNegativeLogLikelihoodAttribute : StackLossAttribute;
