namespace Kiln;

public partial class Tensor
{
    /// <summary>The same tensor at every step.</summary>
    /// <param name="time">Gives the steps of each sample.</param>
    public Sequence RepeatOver(Sequence time) => throw new BuildTimeOnly();
}
