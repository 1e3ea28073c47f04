namespace Kiln.Comparison;

// One layer of 128 over time. The input is multiplied by a trained vector, so that its gradient is computed too; the loss is the mean square of all outputs.
[Network]
internal sealed partial class LstmLayer
{
    private static readonly Parameter Scale = new(128) { Initializer = Initializer.Ones };
    private static readonly Lstm Layer = new(128);

    [Learn]
    private static Loss Learn([Shape(128)] Sequence x) => (x * Scale).Apply(Layer).Square().Mean().MeanOverTime();
}

[Network]
internal sealed partial class GruLayer
{
    private static readonly Parameter Scale = new(128) { Initializer = Initializer.Ones };
    private static readonly Gru Layer = new(128);

    [Learn]
    private static Loss Learn([Shape(128)] Sequence x) => (x * Scale).Apply(Layer).Square().Mean().MeanOverTime();
}

[Network]
internal sealed partial class RnnLayer
{
    private static readonly Parameter Scale = new(128) { Initializer = Initializer.Ones };
    private static readonly Rnn Layer = new(128);

    [Learn]
    private static Loss Learn([Shape(128)] Sequence x) => (x * Scale).Apply(Layer).Square().Mean().MeanOverTime();
}

/// <summary>An LSTM whose gates see the cell, by its equations.</summary>
[Network]
internal sealed partial class PeepholeLayer
{
    private const int Units = 128;
    private static readonly Parameter Scale = new(Units) { Initializer = Initializer.Ones };
    private static readonly Dense Inputs = new(4 * Units), Recurrent = new(4 * Units) { Bias = false };
    private static readonly Parameter InputPeephole = new(Units), ForgetPeephole = new(Units), OutputPeephole = new(Units);

    [Learn]
    private static Loss Learn([Shape(Units)] Sequence x) =>
        (x * Scale).Scan((h: Tensor.Zeros(Units), c: Tensor.Zeros(Units)), Cell).Outputs.Square().Mean().MeanOverTime();

    private static (Tensor Output, (Tensor h, Tensor c) Next) Cell((Tensor h, Tensor c) state, Tensor x)
    {
        var gates = (x.Apply(Inputs) + state.h.Apply(Recurrent)).Split(4);
        var i = (gates[0] + InputPeephole * state.c).Sigmoid();
        var f = (gates[1] + ForgetPeephole * state.c).Sigmoid();
        var c = f * state.c + i * gates[2].Tanh();
        var h = (gates[3] + OutputPeephole * c).Sigmoid() * c.Tanh();
        return (h, (h, c));
    }
}

[Network, Input(Vocabulary = 65, Sequence = true)]
[Embedding(65, 64), Lstm(256), Lstm(256), Lstm(256), Dense(65), CrossEntropy]
internal sealed partial class CharRnn;

[Network]
internal sealed partial class LstmStream
{
    private static readonly Lstm Layer = new(64) { Stateful = true };

    [Predict]
    private static Tensor Step([Shape(64)] Tensor x) => x.Apply(Layer);
}

[Network]
internal sealed partial class GruStream
{
    private static readonly Gru Layer = new(64) { Stateful = true };

    [Predict]
    private static Tensor Step([Shape(64)] Tensor x) => x.Apply(Layer);
}

[Network]
internal sealed partial class MlpStream
{
    [Predict]
    private static Tensor Step([Shape(32)] Tensor x) => x.Dense(32).Tanh().Dense(32).Tanh().Dense(32);
}
