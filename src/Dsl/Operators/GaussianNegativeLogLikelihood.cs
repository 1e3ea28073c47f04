namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>
    /// (log v + (x − target)² / v) / 2, element by element: −log of the normal density with mean x and variance v at the target, less its constant
    /// log(2π) / 2. v is the variance, held at epsilon and above; gradients pass through the hold. Nix and Weigend 1994; PyTorch's GaussianNLLLoss.
    /// </summary>
    /// <param name="target">Of x's shape.</param>
    /// <param name="variance">Of x's shape, or a number; positive, such as a softplus.</param>
    /// <param name="full">Whether the constant is added.</param>
    /// <param name="epsilon">The least variance, above 0.</param>
    public TSelf GaussianNegativeLogLikelihood(TSelf target, TSelf variance, bool full = false, double epsilon = 1e-6) => No;
}
