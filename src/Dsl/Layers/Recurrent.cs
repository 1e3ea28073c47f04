namespace Kiln;

/// <summary>
/// A layer over time, which carries a state from step to step. Applied to a sequence it starts with zeros; <see cref="Apply(Sequence, TState)"/> starts with a given state, and
/// <see cref="Step"/> is one step with the state in the caller's hands. All of them use the same parameters.
/// </summary>
/// <typeparam name="TState">A tensor or a tuple of them.</typeparam>
public abstract class Recurrent<TState> : Layer
{
    /// <summary>
    /// Keeps the state between calls, one for each row: <see cref="Layer.Apply(Sequence)"/> continues where the last call ended, and
    /// <see cref="Layer.Apply(Tensor)"/> is one step. Default: false.
    /// </summary>
    public bool Stateful { get; set; }

    /// <summary>Runs backward in time too, with parameters of its own; the outputs are one after the other. Default: false.</summary>
    public bool Bidirectional { get; set; }

    /// <summary>
    /// In training each element of h is left out of the products with the recurrent weight with this probability, and the others are divided by 1 − it: the same elements at every step of a
    /// sample. In inference none is. In [0, 1). Default: 0. Gal and Ghahramani 2016.
    /// </summary>
    /// <remarks>Each application draws afresh. All calls of <see cref="Step"/> in a program leave out the same.</remarks>
    public double RecurrentDropout { get; set; }

    /// <summary>The layer from a given state on.</summary>
    /// <param name="xs">The inputs of all steps, each of one axis.</param>
    /// <param name="initial">The state before the first step.</param>
    /// <returns>The outputs of all steps, and the state after the last step of each sample.</returns>
    public (Sequence Outputs, TState Last) Apply(Sequence xs, TState initial) => throw new BuildTimeOnly();

    /// <summary>One step.</summary>
    /// <param name="x">The input of this step.</param>
    /// <param name="state">The state before it.</param>
    public (Tensor Output, TState Next) Step(Tensor x, TState state) => throw new BuildTimeOnly();

    /// <summary>The state of zeros.</summary>
    public TState Zero => throw new BuildTimeOnly();
}
