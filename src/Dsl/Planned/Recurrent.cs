namespace Kiln;

/// <summary>A layer over time; <see cref="Step"/> is one step of it with the state in the caller's hands. This version reports it as an error (operator not available yet).</summary>
/// <typeparam name="TState">A tensor or a tuple of them.</typeparam>
public abstract class Recurrent<TState> : Layer
{
    /// <summary>Keeps its state between calls, one per batch row.</summary>
    public bool Stateful { get; set; }

    /// <summary>Runs in both directions and concatenates.</summary>
    public bool Bidirectional { get; set; }

    /// <summary>The layer from a given state. This version reports it as an error (operator not available yet).</summary>
    /// <param name="xs">The frames.</param>
    /// <param name="initial">The state before the first.</param>
    public (Sequence Outputs, TState Last) Apply(Sequence xs, TState initial) => throw new BuildTimeOnly();

    /// <summary>One step. This version reports it as an error (operator not available yet).</summary>
    /// <param name="x">One frame.</param>
    /// <param name="state">The state before it.</param>
    public (Tensor Output, TState Next) Step(Tensor x, TState state) => throw new BuildTimeOnly();

    /// <summary>The state of zeros.</summary>
    public TState Zero => throw new BuildTimeOnly();
}
