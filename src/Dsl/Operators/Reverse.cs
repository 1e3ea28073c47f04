namespace Kiln;

public partial class Sequence
{
    /// <summary>The steps of each sample from its last to its first.</summary>
    public Sequence Reverse() => No;
}
