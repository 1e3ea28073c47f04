namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>The matrix product of the sample's axes: [k] · [k, n] is [n], [m, k] · [k, n] is [m, n], [k] · [k] is a scalar; further leading axes of this stay ([..., m, k] · [k, n]).</summary>
    /// <param name="right">A vector or a matrix.</param>
    public TSelf MatMul(Tensor right) => No;
}
