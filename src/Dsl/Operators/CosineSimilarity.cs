namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Σ x · y / (‖x‖ · ‖y‖) along an axis, which vanishes: the cosine of the angle between x and y, from −1 to 1. PyTorch's CosineSimilarity.</summary>
    /// <param name="other">y, of x's shape.</param>
    /// <param name="axis">The axis along which x and y are vectors.</param>
    /// <param name="epsilon">A norm counts as at least this, above 0: what has no direction is similar to nothing.</param>
    public TSelf CosineSimilarity(TSelf other, int axis = -1, double epsilon = 1e-8) => No;
}
