using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Tests.Reference;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Words over time on a batch of samples of different lengths: their values by formulas over each sample's steps alone, their derivatives by central differences.</summary>
public sealed class OverTimeTests
{
    private const int Elements = 3;
    private static readonly int[] Lengths = [3, 5, 1, 4];
    private static readonly TimeAxis T = new("t");

    /// <summary>From a sample's live steps to those of the result.</summary>
    private delegate double[][] Formula(double[][] x, ReferenceEvaluator evaluator);

    private static readonly Dictionary<string, (string Word, (string, object)[] Arguments, Formula Expected)> Cases = new()
    {
        ["First"] = ("First", [], (x, _) => [x[0]]),
        ["Last"] = ("Last", [], (x, _) => [x[^1]]),
        ["LastState"] = ("LastState", [], (x, _) => [x[^1]]),
        ["Sum"] = ("SumOverTime", [], (x, _) => [PerElement(x, c => c.Sum())]),
        ["Mean"] = ("MeanOverTime", [], (x, _) => [PerElement(x, c => c.Average())]),
        ["Max"] = ("MaxOverTime", [], (x, _) => [PerElement(x, c => c.Max())]),
        ["Softmax"] = ("SoftmaxOverTime", [], (x, _) => [.. x.Select(step => step.Select((v, e) => Math.Exp(v) / x.Sum(s => Math.Exp(s[e]))).ToArray())]),
        ["Reverse"] = ("Reverse", [], (x, _) => [.. x.Reverse()]),
        ["Later"] = ("Shift", [("steps", 2)], (x, _) => [.. x.Select((_, t) => At(x, t - 2))]),
        ["Earlier"] = ("Shift", [("steps", -1)], (x, _) => [.. x.Select((_, t) => At(x, t + 1))]),
        ["Window"] = ("Window", [("size", 3)], (x, _) => [.. x.Select((_, t) => Window(x, t - 1, t, t + 1))]),
        ["An even window"] = ("Window", [("size", 2)], (x, _) => [.. x.Select((_, t) => Window(x, t, t + 1))]),
        ["Every second window"] = ("Window", [("size", 3), ("stride", 2)], (x, _) => [.. x.Where((_, t) => t % 2 == 0).Select((_, k) => Window(x, 2 * k - 1, 2 * k, 2 * k + 1))]),
        ["A dilated window"] = ("Window", [("size", 3), ("dilation", 2)], (x, _) => [.. x.Select((_, t) => Window(x, t - 2, t, t + 2))]),
        ["Causal window"] = ("CausalWindow", [("size", 2), ("dilation", 2)], (x, _) => [.. x.Select((_, t) => Window(x, t - 2, t))]),
        ["Convolution"] = ("ConvOverTime", [("channels", 2), ("kernel", 3)], (x, e) => [.. x.Select((_, t) => Dense(Window(x, t - 1, t, t + 1), e.Parameters["weight"], e.Parameters["bias"]))]),
        ["Rnn"] = ("Rnn", [("units", 4)], (x, e) => Rnn(x, e, "", Math.Tanh)),
        ["Rectified Rnn"] = ("Rnn", [("units", 4), ("activation", RecurrentActivation.Relu)], (x, e) => Rnn(x, e, "", v => Math.Max(v, 0))),
        ["Both directions"] = ("Rnn", [("units", 2), ("bidirectional", true)], (x, e) => [.. Rnn(x, e, "", Math.Tanh).Zip(Rnn([.. x.Reverse()], e, "backward.", Math.Tanh).Reverse(), (a, b) => (double[])[.. a, .. b])]),
        ["Lstm"] = ("Lstm", [("units", 4)], (x, e) => Lstm(x, e, 1)),
        ["Lstm without forget bias"] = ("Lstm", [("units", 4), ("forgetBias", 0)], (x, e) => Lstm(x, e, 0)),
        ["Lstm with peepholes"] = ("Lstm", [("units", 4), ("peepholes", true)], (x, e) => Lstm(x, e, 1)),
        ["Gru"] = ("Gru", [("units", 4)], (x, e) => Gru(x, e, true, true)),
        ["Gru, reset before"] = ("Gru", [("units", 4), ("resetAfter", false)], (x, e) => Gru(x, e, false, true)),
        ["Gru, update replaces"] = ("Gru", [("units", 4), ("updateKeeps", false)], (x, e) => Gru(x, e, true, false)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void The_value_is_the_formulas(string name)
    {
        var (check, y) = Build(name);
        var (value, evaluator) = check.Value(y, Lengths.Length);
        var (input, longest) = (evaluator.Inputs[0], Lengths.Max());
        var steps = y.Type.Time.Count == 0 ? 1 : value.Length / y.Type.Length / Lengths.Length;
        for (var n = 0; n < Lengths.Length; n++)
        {
            var x = Enumerable.Range(0, Lengths[n]).Select(t => input[((n * longest + t) * Elements)..((n * longest + t + 1) * Elements)]).ToArray();
            var expected = Cases[name].Expected(x, evaluator).SelectMany(step => step).ToArray();
            Numbers.Close(expected, value[(n * steps * y.Type.Length)..][..expected.Length], 1e-9, $"{name} of sample {n}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_derivatives_are_the_central_differences(string name)
    {
        var (check, y) = Build(name);
        // Every step counts differently.
        foreach (var axis in y.Type.Time) y = check.Graph.SumOverTime(axis, check.Graph.Add(new Multiply(), y, check.Graph.Add(new Add(), check.Graph.Add(new StepNumber(axis)), check.Graph.Number(1))));
        check.Run(y, Lengths.Length, name, 1e-5);
    }

    [Fact]
    public void Embedding_takes_rows_of_its_table()
    {
        var check = new GradientCheck { Lengths = { ["t"] = Lengths } };
        var tokens = check.Tokens(7, T);
        var y = TestCall.Of(check.Graph, "Embed", tokens, ("this", new LabelsValue(tokens, 7)), ("units", 2));
        var (value, evaluator) = check.Value(y, Lengths.Length);
        Numbers.Close([.. Live(evaluator.Inputs[0], 1).SelectMany(k => evaluator.Parameters["weight"][((int)k * 2)..((int)k * 2 + 2)])], Live(value, 2), 1e-12, "rows");
        check.Run(check.Graph.MeanOverTime(T, y), Lengths.Length, "the table");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 5)]
    [InlineData(-1, 3)]
    public void Tokens_are_shifted(int steps, int fill)
    {
        var check = new GradientCheck { Lengths = { ["t"] = Lengths } };
        var tokens = check.Tokens(7, T);
        var shifted = TestCall.Of<LabelsValue>(check.Graph, "Shift", tokens, ("this", new LabelsValue(tokens, 7)), ("steps", steps), ("fill", fill));
        var (value, evaluator) = check.Value(shifted.Node, Lengths.Length);
        var longest = Lengths.Max();
        for (var n = 0; n < Lengths.Length; n++)
            for (var t = 0; t < Lengths[n]; t++)
                Assert.Equal(t - steps >= 0 && t - steps < Lengths[n] ? evaluator.Inputs[0][n * longest + t - steps] : fill, value[n * longest + t]);
        Assert.Equal(7, shifted.Classes);
    }

    /// <summary>In training the mean and variance are those of all live steps of the batch.</summary>
    [Fact]
    public void Batch_statistics_are_over_live_steps()
    {
        var check = new GradientCheck { Lengths = { ["t"] = Lengths } };
        var y = TestCall.Of(check.Graph, "BatchNorm", check.Input(T, Elements), ("training", true), ("affine", false));
        var (value, evaluator) = check.Value(y, Lengths.Length);
        var (x, normalised) = (Live(evaluator.Inputs[0], Elements), Live(value, Elements));
        for (var channel = 0; channel < Elements; channel++)
        {
            var own = x.Where((_, i) => i % Elements == channel).ToArray();
            var deviation = Math.Sqrt(own.Average(v => (v - own.Average()) * (v - own.Average())) + 1e-5f);
            Numbers.Close([.. own.Select(v => (v - own.Average()) / deviation)], [.. normalised.Where((_, i) => i % Elements == channel)], 1e-6, $"channel {channel}");
        }
        var counted = check.Graph.SumOverTime(T, check.Graph.Add(new Multiply(), y, check.Graph.Add(new StepNumber(T))));
        check.Run(counted, Lengths.Length, "BatchNorm", 1e-5, "running_mean", "running_var");
    }

    /// <summary>Steps of zero length between samples and more rows of padding change nothing.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Padding_changes_nothing(string name)
    {
        var (value, type) = Of([3], 3, [0, 1, 2]);
        var (padded, _) = Of([3], 6, [0, 1, 2, 0, 0, 0]);
        var steps = type.Time.Count == 0 ? 1 : type.Time[0].Stride == 2 ? 2 : 3;
        Numbers.Close(value[..(steps * type.Length)], padded[..(steps * type.Length)], 1e-12, name);

        (double[], TensorType) Of(int[] lengths, int steps, int[] which)
        {
            var (check, y) = Build(name, lengths, steps);
            var evaluator = check.Evaluator(1, 1);
            evaluator.Inputs[0] = [.. which.SelectMany(t => Numbers.Draw(Elements, -1, 1, 40 + t))];
            return (evaluator.Run(check.Graph.Build([]))[y.Id], y.Type);
        }
    }

    private static (GradientCheck, Node) Build(string name, int[]? lengths = null, int steps = 0)
    {
        var check = new GradientCheck { Lengths = { ["t"] = lengths ?? Lengths } };
        if (steps > 0) check.Steps["t"] = steps;
        var (word, arguments, _) = Cases[name];
        return (check, TestCall.Of(check.Graph, word, check.Input(T, Elements), arguments));
    }

    /// <summary>The elements of live steps, one after the other.</summary>
    private static double[] Live(double[] values, int length)
    {
        var longest = Lengths.Max();
        return [.. Lengths.SelectMany((steps, n) => values[(n * longest * length)..((n * longest + steps) * length)])];
    }

    // ---- Formulas ----

    private static double[] PerElement(double[][] x, Func<IEnumerable<double>, double> reduce) => [.. Enumerable.Range(0, x[0].Length).Select(e => reduce(x.Select(step => step[e])))];

    private static double[] At(double[][] x, int t) => t >= 0 && t < x.Length ? x[t] : new double[x[0].Length];

    private static double[] Window(double[][] x, params int[] steps) => [.. steps.SelectMany(t => At(x, t))];

    /// <summary>x · W + b, or some columns of it.</summary>
    private static double[] Dense(double[] x, double[] weight, double[]? bias, int from = 0, int count = 0)
    {
        var columns = weight.Length / x.Length;
        return [.. Enumerable.Range(from, count == 0 ? columns : count).Select(j => (bias?[j] ?? 0) + x.Select((v, i) => v * weight[i * columns + j]).Sum())];
    }

    private static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));

    private static double[][] Rnn(double[][] x, ReferenceEvaluator e, string side, Func<double, double> activation)
    {
        var h = new double[e.Parameters[side + "bias"].Length];
        return [.. x.Select(step => h = [.. Dense(step, e.Parameters[side + "weight"], e.Parameters[side + "bias"]).Zip(Dense(h, e.Parameters[side + "recurrent"], null), (a, b) => activation(a + b))])];
    }

    private static double[][] Lstm(double[][] x, ReferenceEvaluator e, double forget)
    {
        const int units = 4;
        var (h, c) = (new double[units], new double[units]);
        var peephole = e.Parameters.TryGetValue("peephole", out var given) ? given : new double[3 * units];
        return [.. x.Select(step =>
        {
            var gates = Dense(step, e.Parameters["weight"], e.Parameters["bias"]).Zip(Dense(h, e.Parameters["recurrent"], null), (a, b) => a + b).ToArray();
            var before = c;
            c = [.. Enumerable.Range(0, units).Select(k => Sigmoid(gates[units + k] + forget + peephole[units + k] * before[k]) * before[k] + Sigmoid(gates[k] + peephole[k] * before[k]) * Math.Tanh(gates[2 * units + k]))];
            return h = [.. Enumerable.Range(0, units).Select(k => Sigmoid(gates[3 * units + k] + peephole[2 * units + k] * c[k]) * Math.Tanh(c[k]))];
        })];
    }

    private static double[][] Gru(double[][] x, ReferenceEvaluator e, bool resetAfter, bool updateKeeps)
    {
        const int units = 4;
        var (h, recurrent) = (new double[units], e.Parameters["recurrent"]);
        return [.. x.Select(step =>
        {
            var input = Dense(step, e.Parameters["weight"], e.Parameters["bias"]);
            var own = Dense(h, recurrent, null);
            var r = Enumerable.Range(0, units).Select(k => Sigmoid(input[k] + own[k])).ToArray();
            var z = Enumerable.Range(units, units).Select(k => Sigmoid(input[k] + own[k])).ToArray();
            var candidate = resetAfter ? own[(2 * units)..].Select((v, k) => r[k] * (v + e.Parameters["recurrent_bias"][k])).ToArray()
                : Dense([.. h.Select((v, k) => r[k] * v)], recurrent, null, 2 * units, units);
            var n = candidate.Select((v, k) => Math.Tanh(input[2 * units + k] + v)).ToArray();
            return h = [.. h.Select((v, k) => updateKeeps ? z[k] * v + (1 - z[k]) * n[k] : (1 - z[k]) * v + z[k] * n[k])];
        })];
    }
}
