namespace Kiln;

public partial class Sequence
{
    /// <summary>The first step.</summary>
    public Tensor First() => throw new BuildTimeOnly();
}
