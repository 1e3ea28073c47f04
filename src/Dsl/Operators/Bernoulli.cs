namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>1 with the probability that the element is, else 0, drawn afresh.</summary>
    /// <param name="straightThrough">Whether gradients pass as if the result were the probability; otherwise it is constant to them.</param>
    public TSelf Bernoulli(bool straightThrough = false) => No;
}
