namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>log(softmax(x)) along an axis: x − logsumexp(x).</summary>
    /// <param name="axis">The axis along which the exponentials of the result sum to 1.</param>
    public TSelf LogSoftmax(int axis = -1) => No;
}
