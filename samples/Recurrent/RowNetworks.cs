namespace Kiln.Samples.Recurrent;

// A digit as a sequence of its 28 rows, from the top down.

/// <summary>The simple recurrent network.</summary>
[Network, Input(28, Sequence = true)]
[Rnn(128), LastState, Dense(10), CrossEntropy]
public sealed partial class RowsRnn;

/// <summary>Long short-term memory.</summary>
[Network, Input(28, Sequence = true)]
[Lstm(128), LastState, Dense(10), CrossEntropy]
public sealed partial class RowsLstm;

/// <summary>The gated recurrent unit.</summary>
[Network, Input(28, Sequence = true)]
[Gru(128), LastState, Dense(10), CrossEntropy]
public sealed partial class RowsGru;

/// <summary>Long short-term memory down and up: each direction's state after all rows.</summary>
[Network]
public sealed partial class RowsBidirectional
{
    [Predict]
    static Tensor Predict([Shape(28)] Sequence rows) => rows.Lstm(128).Last().Concat(rows.Reverse().Lstm(128).Last()).Dense(10);

    [Learn]
    static Loss Learn([Shape(28)] Sequence rows, [Classes(10)] Labels label) => Predict(rows).CrossEntropy(label);
}
