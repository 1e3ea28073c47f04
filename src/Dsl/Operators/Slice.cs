namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>length elements from start on, along an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="start">From 0.</param>
    /// <param name="length">At least 1.</param>
    public TSelf Slice(int axis, int start, int length) => No;
}
