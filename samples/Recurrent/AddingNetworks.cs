namespace Kiln.Samples.Recurrent;

/// <summary>The adding problem by a simple recurrent network.</summary>
[Network]
public sealed partial class AddingRnn
{
    static readonly Rnn Cell = new(AddingProblem.Units);
    static readonly Dense Answer = new(1);

    [Predict]
    static Tensor Sum([Shape(AddingProblem.Features)] Sequence numbers) => numbers.Apply(Cell).Last().Apply(Answer);

    [Learn]
    static Loss Learn([Shape(AddingProblem.Features)] Sequence numbers, [Shape(1)] Tensor target) => Sum(numbers).SquaredError(target).Sum();

    // How the loss changes with the input of each step.
    [Predict]
    static Sequence Influence([Shape(AddingProblem.Features)] Sequence numbers, [Shape(1)] Tensor target) => Sum(numbers).SquaredError(target).Sum().Gradient(numbers);
}

/// <summary>The adding problem by long short-term memory.</summary>
[Network]
public sealed partial class AddingLstm
{
    static readonly Lstm Cell = new(AddingProblem.Units);
    static readonly Dense Answer = new(1);

    [Predict]
    static Tensor Sum([Shape(AddingProblem.Features)] Sequence numbers) => numbers.Apply(Cell).Last().Apply(Answer);

    [Learn]
    static Loss Learn([Shape(AddingProblem.Features)] Sequence numbers, [Shape(1)] Tensor target) => Sum(numbers).SquaredError(target).Sum();

    // How the loss changes with the input of each step.
    [Predict]
    static Sequence Influence([Shape(AddingProblem.Features)] Sequence numbers, [Shape(1)] Tensor target) => Sum(numbers).SquaredError(target).Sum().Gradient(numbers);
}
