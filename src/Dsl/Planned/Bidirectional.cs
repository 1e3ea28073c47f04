namespace Kiln;

/// <summary>One layer forward in time, one backward, concatenated. This version reports it as an error (operator not available yet).</summary>
/// <param name="forward">Forward in time.</param>
/// <param name="backward">Backward in time.</param>
public sealed class Bidirectional(Layer forward, Layer backward) : Layer
{
    /// <summary>Forward in time.</summary>
    public Layer Forward => forward;

    /// <summary>Backward in time.</summary>
    public Layer Backward => backward;
}

public partial class Sequence
{
    /// <summary>The direction's layers forward and backward in time, concatenated. This version reports it as an error (operator not available yet).</summary>
    /// <param name="direction">Evaluated twice, with parameters of their own.</param>
    public Sequence Bidirectional(Func<Sequence, Sequence> direction) => No;
}
