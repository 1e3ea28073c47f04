namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Equal parts along an axis.</summary>
    /// <param name="parts">How many; divides the axis.</param>
    /// <param name="axis">The axis that is cut.</param>
    public TSelf[] Split(int parts, int axis = 0) => throw new BuildTimeOnly();
}
