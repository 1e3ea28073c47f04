namespace Kiln;

/// <summary>One layer forward in time and one backward; the results one after the other along the first axis.</summary>
/// <param name="forward">Forward in time.</param>
/// <param name="backward">Backward in time.</param>
public sealed class Bidirectional(Layer forward, Layer backward) : Layer
{
    /// <summary>Forward in time.</summary>
    public Layer Forward => forward;

    /// <summary>Backward in time.</summary>
    public Layer Backward => backward;
}
