namespace Kiln;

/// <summary>One value per batch row that outlives a call. Reading gives the value at the start of the call. This version reports it as an error (operator not available yet).</summary>
public sealed class State : Tensor
{
    /// <summary>A state of this shape.</summary>
    /// <param name="shape">Sizes of one row's axes.</param>
    public State(params int[] shape) => Dimensions = shape;

    /// <summary>Sizes of one row's axes.</summary>
    public int[] Dimensions { get; }

    /// <summary>The value after a reset.</summary>
    public double Initial { get; set; }

    /// <summary>The state as a plain value, where C# needs the type Tensor.</summary>
    public Tensor Value => throw new BuildTimeOnly();

    /// <summary>The value after a successful call. This version reports it as an error (operator not available yet).</summary>
    /// <param name="value">Of the state's shape.</param>
    public void Assign(Tensor value) => throw new BuildTimeOnly();
}

/// <summary>A sequence per batch row that outlives a call. This version reports it as an error (operator not available yet).</summary>
public sealed class SequenceState : Sequence
{
    /// <summary>A state of such frames.</summary>
    /// <param name="frame">Sizes of one frame's axes.</param>
    public SequenceState(params int[] frame) => Frame = frame;

    /// <summary>Sizes of one frame's axes.</summary>
    public int[] Frame { get; }

    /// <summary>The value after a successful call. This version reports it as an error (operator not available yet).</summary>
    /// <param name="value">Frames of that shape.</param>
    public void Assign(Sequence value) => throw new BuildTimeOnly();
}
