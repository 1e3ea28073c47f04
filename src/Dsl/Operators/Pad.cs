namespace Kiln;

public abstract partial class Value<TSelf>
{
    /// <summary>Zeros before and after, along an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="before">How many zeros come first.</param>
    /// <param name="after">How many zeros come last.</param>
    public TSelf Pad(int axis, int before, int after) => No;
}
