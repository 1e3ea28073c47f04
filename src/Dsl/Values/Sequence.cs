namespace Kiln;

/// <summary>
/// One sample's numbers over time: a tensor for each step. The number of steps is known at run time, and each sample has its own. Methods of <see cref="Value{TSelf}"/> act on
/// every step alike. Padding never changes a result: what a sample gives does not depend on the lengths of the others in its batch.
/// </summary>
public partial class Sequence : Value<Sequence>
{
    private protected Sequence() { }

    private static Sequence No => throw new BuildTimeOnly();

    /// <summary>
    /// The same program for every step. What it takes from outside is the same at every step; a sequence over the same time is there with all its steps: so a sequence attends to itself, by
    /// <c>xs.Map(x => (xs * (xs * x).Sum().SoftmaxOverTime()).SumOverTime())</c>.
    /// </summary>
    /// <param name="step">From one step's tensor to that of the result. It is evaluated once.</param>
    public Sequence Map(Func<Tensor, Tensor> step) => No;

    /// <summary>
    /// A recurrence: (output, state) = step(state, x) from the first step to the last. The program is evaluated once; parameters in it are the same for all steps, and tensors
    /// from outside are constant over them.
    /// </summary>
    /// <typeparam name="TState">Tensors in any arrangement: one, a tuple, an array, a record. It keeps its shapes.</typeparam>
    /// <param name="initial">The state before the first step.</param>
    /// <param name="step">One step.</param>
    /// <returns>The outputs of all steps, and the state after the last step of each sample.</returns>
    public (Sequence Outputs, TState Last) Scan<TState>(TState initial, Func<TState, Tensor, (Tensor Output, TState Next)> step) => throw new BuildTimeOnly();

    /// <summary>A recurrence whose output is its state: state = step(state, x) from the first step to the last.</summary>
    /// <param name="initial">The state before the first step.</param>
    /// <param name="step">One step; its result has the state's shape.</param>
    /// <returns>The states after all steps, and that after the last step of each sample.</returns>
    public (Sequence Outputs, Tensor Last) Scan(Tensor initial, Func<Tensor, Tensor, Tensor> step) => throw new BuildTimeOnly();

    /// <summary>
    /// Decoding in one call: (token, state) = step(state, token before) from the first token on. The result has the tokens before <paramref name="end"/>: neither it nor
    /// <paramref name="start"/> is among them, and where the end comes at once there are none. As the result of a program it is two: tokens [row][max], zeros after the last, and the
    /// number of tokens of each row. All <paramref name="max"/> steps are computed, whenever the end comes.
    /// </summary>
    /// <typeparam name="TState">Tensors in any arrangement, as for a Scan.</typeparam>
    /// <param name="initial">The state before the first token.</param>
    /// <param name="start">What the first step is given for the token before.</param>
    /// <param name="end">The token that ends a row.</param>
    /// <param name="max">The greatest number of tokens, at least 1.</param>
    /// <param name="step">One step, evaluated once.</param>
    public static TokenSequence Generate<TState>(TState initial, Labels start, int end, int max, Func<TState, Labels, (Labels Token, TState Next)> step) => throw new BuildTimeOnly();

    /// <summary>A program forward in time and once more backward, with other parameters; the results one after the other along the first axis.</summary>
    /// <param name="direction">Evaluated twice.</param>
    public Sequence Bidirectional(Func<Sequence, Sequence> direction) => No;
}
