using Kiln;
namespace Networks.Recurrent;

// s_t = tanh(U x + W s), o = V s, by its equation
[Network]
public sealed partial class VanillaRnn
{
    static readonly Parameter U = new(4, 3), W = new(3, 3), V = new(3, 4), Bias = new(3);
    [Predict] static Sequence Scores([Vocabulary(4)] TokenSequence text) =>
        text.OneHot().Scan(Tensor.Zeros(3), (s, x) => (x.MatMul(U) + s.MatMul(W) + Bias).Tanh()).Outputs.MatMul(V);
    [Learn] static Loss Learn([Vocabulary(4), Time("t")] TokenSequence text, [Vocabulary(4), Time("t")] TokenSequence next) => Scores(text).CrossEntropy(next).MeanOverTime();
}

// Three layers, stateful truncated BPTT, sampling step by step
[Network]
public sealed partial class CharRnn
{
    const int Vocabulary = 65, Units = 256, Depth = 3;
    static readonly Embedding Characters = new(Vocabulary, 64);
    static readonly Lstm[] Cells = [new(Units), new(Units), new(Units)];
    static readonly Dense Head = new(Vocabulary);
    static readonly State[] H = [new(Units), new(Units), new(Units)], C = [new(Units), new(Units), new(Units)];

    [Learn]
    static Loss Read([Vocabulary(Vocabulary), Time("t", Max = 64)] TokenSequence text, [Vocabulary(Vocabulary), Time("t")] TokenSequence next)
    {
        var x = text.Apply(Characters);
        for (var layer = 0; layer < Depth; layer++)
        {
            (x, var last) = Cells[layer].Apply(x, (H[layer], C[layer]));
            H[layer].Assign(last.H);
            C[layer].Assign(last.C);
            x = x.Dropout(0.2);
        }
        return x.Apply(Head).CrossEntropy(next).MeanOverTime();
    }

    // One step, same parameters, same states: streaming inference
    [Predict]
    static Tensor Step([Classes(Vocabulary)] Labels character)
    {
        var x = character.Apply(Characters);
        for (var layer = 0; layer < Depth; layer++)
        {
            (x, var next) = Cells[layer].Step(x, (H[layer], C[layer]));
            H[layer].Assign(next.H);
            C[layer].Assign(next.C);
        }
        return Head.Apply(x);
    }
}

public static class CharRnnHost
{
    public static string Sample(CharRnn net, int start, int count, float temperature)
    {
        var logits = new float[65]; var text = new System.Text.StringBuilder(); var c = start;
        net.States.Reset();
        for (var i = 0; i < count; i++)
        {
            net.Step([c], logits);
            c = SampleFrom(logits, temperature);
            text.Append((char)c);
        }
        return text.ToString();
    }
    static int SampleFrom(float[] logits, float temperature) => (int)(logits[0] * temperature);
    public static void Train(int[] text, int[] next)
    {
        using var net = new CharRnn(seed: 1);
        using var training = net.Train(new Adam(2e-3) { ClipValue = 5 }, batch: 32, time: 64);
        int[] lengths = [.. Enumerable.Repeat(64, 32)];
        training.States.Reset();
        training.Read(text, lengths, next);
    }
}

// Rows of MNIST as a stack
[Network, Input(28, Sequence = true)]
[Lstm(128), LastState, Dense(10), CrossEntropy]
public sealed partial class MnistRows;

// Any cell, both directions
[Network]
public sealed partial class BidirectionalTagger
{
    static readonly Parameter U = new(16, 32), W = new(32, 32), U2 = new(16, 32), W2 = new(32, 32);
    static Sequence Forward(Sequence xs) => xs.Scan(Tensor.Zeros(32), (h, x) => (x.MatMul(U) + h.MatMul(W)).Tanh()).Outputs;
    static Sequence Backward(Sequence xs) => xs.Reverse().Scan(Tensor.Zeros(32), (h, x) => (x.MatMul(U2) + h.MatMul(W2)).Tanh()).Outputs.Reverse();
    [Predict]
    static Sequence Tags([Vocabulary(20)] TokenSequence text)
    {
        var xs = text.Embed(16);
        return Forward(xs).Concat(Backward(xs)).Dense(5);
    }
    [Predict] static Sequence LstmTags([Vocabulary(20)] TokenSequence text) => text.Embed(16).Bidirectional(xs => xs.Lstm(48)).Bidirectional(xs => xs.Lstm(48)).Dense(5);
    [Learn] static Loss Learn([Vocabulary(20), Time("t")] TokenSequence text, [Vocabulary(5), Time("t")] TokenSequence tags) => Tags(text).CrossEntropy(tags).MeanOverTime();
}

// LSTM with peepholes as equations, a user's layer with two states
public sealed class PeepholeLstm(int units) : Layer
{
    public override Sequence Apply(Sequence xs)
    {
        var pi = new Parameter(units); var pf = new Parameter(units); var po = new Parameter(units);
        return xs.Scan((h: Tensor.Zeros(units), c: Tensor.Zeros(units)), Cell).Outputs;

        (Tensor, (Tensor h, Tensor c)) Cell((Tensor h, Tensor c) s, Tensor x)
        {
            var gates = (x.Dense(4 * units) + s.h.Dense(4 * units, bias: false)).Split(4);
            var z = gates[0].Tanh();
            var i = (gates[1] + pi * s.c).Sigmoid();
            var f = (gates[2] + pf * s.c).Sigmoid();
            var c = i * z + f * s.c;
            var o = (gates[3] + po * c).Sigmoid();
            var h = o * c.Tanh();
            return (h, (h, c));
        }
    }
}

// GRU in both conventions, as equations
public sealed class EquationGru(int units, bool resetAfter, bool updateKeeps) : Layer
{
    public override Sequence Apply(Sequence xs) => xs.Scan(Tensor.Zeros(units), (h, x) =>
    {
        var gates = (x.Dense(2 * units) + h.Dense(2 * units, bias: false)).Sigmoid().Split(2);
        var (z, r) = (gates[0], gates[1]);
        var candidate = (x.Dense(units) + (resetAfter ? r * h.Dense(units) : (r * h).Dense(units, bias: false))).Tanh();
        return updateKeeps ? z * h + (1 - z) * candidate : (1 - z) * h + z * candidate;
    }).Outputs;
}

[Network, Input(Vocabulary = 65, Sequence = true)]
[PeepholeLstm(128), EquationGru(128, false, false), Dense(65), CrossEntropy]
public sealed partial class CellsFromEquations;

// Recurrent dropout: one mask for all steps, made outside the scan
[Network]
public sealed partial class VariationalDropout
{
    [Predict] static Tensor Logits([Shape(28)] Sequence rows)
    {
        var mask = Tensor.Ones(64).Dropout(0.3);
        return rows.Scan(Tensor.Zeros(64), (h, x) => (x.Dense(64) + (h * mask).Dense(64, bias: false)).Tanh()).Last.Dense(10);
    }
    [Learn] static Loss Learn([Shape(28)] Sequence rows, [Classes(10)] Labels label) => Logits(rows).CrossEntropy(label);
}

// h(i,j) = f(U x(i,j) + V h(i-1,j) + W h(i,j-1)) and its three mirror images: a scan within a scan
[Network]
public sealed partial class FourDirections
{
    const int Units = 16, Side = 12;
    static Tensor Sweep(Tensor image)                                            // [row, column, channel]
    {
        var input = new Dense(Units); var above = new Dense(Units) { Bias = false }; var left = new Dense(Units) { Bias = false };
        return image.AsSequence(axis: 0).Scan(Tensor.Zeros(Side, Units), (previousRow, row) =>
            Tensor.Concat([row, previousRow], axis: 1).AsSequence(axis: 0).Scan(Tensor.Zeros(Units), (h, cell) =>
                (cell.Slice(0, 0, 1).Apply(input) + cell.Slice(0, 1, Units).Apply(above) + h.Apply(left)).Tanh()).Outputs.ToTensor()).Outputs.ToTensor();
    }
    static Tensor Flip(Tensor x, bool rows, bool columns)
    {
        if (rows) x = x.AsSequence(0).Reverse().ToTensor();
        if (columns) x = x.AsSequence(1).Reverse().ToTensor().Transpose(1, 0, 2);
        return x;
    }
    [Predict]
    static Tensor Logits([Shape(Side, Side, 1)] Tensor image)
    {
        var parts = new List<Tensor>();
        foreach (var rows in new[] { false, true })
            foreach (var columns in new[] { false, true })
                parts.Add(Flip(Sweep(Flip(image, rows, columns)), rows, columns));
        return Tensor.Concat(parts, axis: 2).Max(0, 1).Dense(2);
    }
    [Learn] static Loss Learn([Shape(Side, Side, 1)] Tensor image, [Classes(2)] Labels label) => Logits(image).CrossEntropy(label);
}

// Columns of digit strings, BiLSTM + CTC
[Network]
public sealed partial class DigitStrings
{
    [Predict] static Sequence Scores([Shape(28)] Sequence columns) => columns.Bidirectional(x => x.Lstm(48)).Dense(11);
    [Predict] static TokenSequence Read([Shape(28)] Sequence columns) => Scores(columns).ArgMax();
    [Learn] static Loss Learn([Shape(28)] Sequence columns, [Vocabulary(11)] TokenSequence digits) => Scores(columns).Ctc(digits, blank: 10);
}

// Deep Speech 2: convolution over time and frequency, batch norm over live steps only, BiGRU, CTC
[Network]
public sealed partial class DeepSpeech2
{
    [Predict]
    static Sequence Scores([Shape(1, 161)] Sequence spectrogram)
    {
        var xs = spectrogram.Window(11, stride: 2).Map(w => w.Transpose(1, 0, 2).Conv2D(32, (11, 41), (1, 2)).Flatten().Reshape(32, -1)).BatchNorm().Clamp(0, 20).Flatten();
        for (var layer = 0; layer < 5; layer++) xs = xs.Bidirectional(x => x.Gru(400)).BatchNorm();
        return xs.Dense(29);
    }
    [Learn] static Loss Learn([Shape(1, 161)] Sequence spectrogram, [Vocabulary(29)] TokenSequence text) => Scores(spectrogram).Ctc(text);
}

// Sak 2015
[Network, Input(640, Sequence = true)]
[Lstm(500), Lstm(500), Lstm(500), Lstm(500), Lstm(500), Dense(42), CrossEntropy]
public sealed partial class AcousticModel;

// WaveNet: causal dilated convolutions with gates, residual and skip
[Network]
public sealed partial class WaveNet
{
    [Predict]
    static Sequence Scores([Vocabulary(256)] TokenSequence wave)
    {
        var x = wave.Shift(1).Embed(32);
        Sequence? skip = null;
        foreach (var dilation in new[] { 1, 2, 4, 8 })
        {
            var window = x.CausalWindow(2, dilation).Flatten();
            var gated = window.Dense(32).Tanh() * window.Dense(32).Sigmoid();
            var s = gated.Dense(64);
            skip = skip is null ? s : skip + s;
            x = x + gated.Dense(32);
        }
        return skip!.Relu().Dense(256);
    }
    [Learn] static Loss Learn([Vocabulary(256)] TokenSequence wave) => Scores(wave).CrossEntropy(wave).MeanOverTime();
}

// Echo state network: fixed reservoir, only the read-out is trained
[Network]
public sealed partial class EchoState
{
    static readonly Parameter In = new(1, 100) { Trainable = false, Initializer = Initializer.Uniform, Scale = 0.5 };
    static readonly Parameter Reservoir = new(100, 100) { Trainable = false, Initializer = Initializer.Uniform, Scale = 0.1 };
    static readonly Dense Readout = new(1);
    [Predict] static Sequence States_([Shape(1)] Sequence u) => u.Scan(Tensor.Zeros(100), (h, x) => (x.MatMul(In) + h.MatMul(Reservoir)).Tanh()).Outputs;   // for a ridge read-out on the host
    [Learn(nameof(Readout))] static Loss Learn([Shape(1), Time("t")] Sequence u, [Shape(1), Time("t")] Sequence next) => States_(u).Apply(Readout).MeanSquaredError(next).MeanOverTime();
}

// HMM: forward log-likelihood; Viterbi marks are the gradient of the best score
[Network]
public sealed partial class HiddenMarkov
{
    static readonly Parameter Start = new(3), Transition = new(3, 3), Emission = new(8, 3);
    static Sequence Emissions(TokenSequence words) => words.OneHot().MatMul(Emission.LogSoftmax(axis: 0));
    [Learn]
    static Loss NegativeLogLikelihood([Vocabulary(8)] TokenSequence words) =>
        -Emissions(words).Scan(Start.LogSoftmax(), (alpha, e) => (alpha.Reshape(3, 1) + Transition.LogSoftmax()).LogSumExp(0) + e).Last.LogSumExp();
    // Gradient with respect to a Sequence
    [Predict]
    static TokenSequence Viterbi([Vocabulary(8)] TokenSequence words)
    {
        var emissions = Emissions(words);
        var best = emissions.Scan(Start.LogSoftmax(), (delta, e) => (delta.Reshape(3, 1) + Transition.LogSoftmax()).Max(0) + e).Last.Max();
        return best.Gradient(emissions).ArgMax();
    }
}

// The same character model when the layer owns its state: short, and Step comes for nothing
[Network]
public sealed partial class CharRnnShort
{
    static readonly Sequential Body = new(
        new Embedding(65, 64), new Lstm(256) { Stateful = true }, new Dropout(0.2), new Lstm(256) { Stateful = true }, new Dropout(0.2), new Lstm(256) { Stateful = true }, new Dense(65));
    [Learn] static Loss Read([Vocabulary(65), Time("t", Max = 64)] TokenSequence text, [Vocabulary(65), Time("t")] TokenSequence next) => Body.Apply(text).CrossEntropy(next).MeanOverTime();
    [Predict] static Tensor Step([Classes(65)] Labels character) => Body.Apply(character);
}
