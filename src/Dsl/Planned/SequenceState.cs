namespace Kiln;

/// <summary>A sequence per batch row that outlives a call. This version reports it as an error (operator not available yet).</summary>
public sealed class SequenceState : Sequence
{
    /// <summary>A state of such steps.</summary>
    /// <param name="step">Sizes of one step's axes.</param>
    public SequenceState(params int[] step) => Dimensions = step;

    /// <summary>Sizes of one step's axes.</summary>
    public int[] Dimensions { get; }

    /// <summary>The value after a successful call. This version reports it as an error (operator not available yet).</summary>
    /// <param name="value">Steps of that shape.</param>
    public void Assign(Sequence value) => throw new BuildTimeOnly();
}
