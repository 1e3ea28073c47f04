namespace Kiln;

public partial class Sequence
{
    /// <summary>Decoding: runs a step until it gives the end, or so many times. This version reports it as an error (operator not available yet).</summary>
    /// <typeparam name="TState">Tensors in any arrangement.</typeparam>
    /// <param name="initial">The state before the first token.</param>
    /// <param name="start">The first token.</param>
    /// <param name="end">The last one.</param>
    /// <param name="max">The greatest length.</param>
    /// <param name="step">One step.</param>
    public static TokenSequence Generate<TState>(TState initial, Labels start, int end, int max, Func<TState, Labels, (Labels Token, TState Next)> step) => throw new BuildTimeOnly();
}
