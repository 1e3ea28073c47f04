namespace Kiln;

/// <summary>
/// A sequence for each row of the batch that outlives a call: the memory that one program makes and another attends to. All programs share it: reading gives the steps that were there
/// at the start of the call, over an axis of time of its own, and <see cref="Assign"/> those after it. To begin with, and after a reset, there are none, and a call that reads the state is
/// refused. Constant to gradients.
/// </summary>
public sealed class SequenceState : Sequence
{
    /// <summary>A state of such steps.</summary>
    /// <param name="step">Sizes of one step's axes, each at least 1; none for a single number.</param>
    public SequenceState(params int[] step) => Dimensions = step;

    /// <summary>Sizes of one step's axes.</summary>
    public int[] Dimensions { get; }

    /// <summary>The state takes these steps, as many as each row has, at the end of a successful call. Two assignments in one program are an error.</summary>
    /// <param name="value">Steps of the state's shape.</param>
    public void Assign(Sequence value) => throw new BuildTimeOnly();
}
