using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Operators;
using Kiln.Generators.Tests.Reference;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Tests;

/// <summary>Values over time in the language: what they become in the graph, and what they compute.</summary>
public class SequenceTests
{
    private static Network Network(string members) => GeneratorHost.Network($"public record Pair(Tensor Sum, Tensor[] Seen); [Network] public sealed partial class Net {{ {members} }}");

    private static Graph.Graph Predict(string members) => Network(members).Programs.First(p => p.Kind == ProgramKind.Predict).Graph;

    private static TensorType Result(string members) => Predict(members) is var graph ? graph[graph.Outputs[0].Node].Type : null!;

    /// <summary>The first result on samples of these lengths, whose inputs have these many elements a step.</summary>
    private static (double[] Value, ReferenceEvaluator Evaluator) Run(Graph.Graph graph, Dictionary<string, int[]> lengths, int output = 0)
    {
        var rows = lengths.Values.First().Length;
        var evaluator = new ReferenceEvaluator(rows);
        foreach (var (axis, steps) in lengths) evaluator.Lengths[axis] = steps;
        foreach (var read in graph.Nodes.Select(n => n.Operator).OfType<InputRead>()) evaluator.Inputs[read.Index] = Numbers.Draw(evaluator.Count(read.Type), -1, 1, 3 + read.Index);
        foreach (var read in graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>()) evaluator.Parameters[read.Name] = Numbers.Draw(read.Shape.Aggregate(1, (n, d) => n * d), -1, 1, 50 + read.Name.Sum(c => c));
        return (evaluator.Run(graph)[graph.Outputs[output].Node], evaluator);
    }

    // ---- Programs ----

    [Fact]
    public void A_recurrence_in_the_graph() => Snapshot.Match(GraphPrinter.Print(Predict(
        "static readonly Parameter U = new(3, 2), W = new(2, 2); [Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Scan(Tensor.Zeros(2), (h, x) => (x.MatMul(U) + h.MatMul(W)).Tanh()).Outputs;")));

    [Fact]
    public void Attention_in_the_graph() => Snapshot.Match(GraphPrinter.Print(Predict("""
        static readonly Dense Query = new(4), Keys = new(4);
        [Predict]
        static Sequence P([Shape(3)] Sequence source, [Shape(2)] Sequence target)
        {
            var keys = source.Apply(Keys);
            return target.Scan(Tensor.Zeros(4), (state, x) =>
            {
                var weights = (keys * Query.Apply(state)).Sum().SoftmaxOverTime();
                return (source * weights.Reshape(1)).SumOverTime().Concat(x).Dense(4).Tanh();
            }).Outputs;
        }
        """)));

    [Fact]
    public void An_lstm_in_the_graph() => Snapshot.Match(GraphPrinter.Print(Predict("[Predict] static Tensor P([Shape(3)] Sequence xs) => xs.Lstm(2).Last();")));

    [Theory]
    [InlineData("[Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Relu().Dense(4);", "[N, xs, 4]")]
    [InlineData("[Predict] static Sequence P([Shape(3), Time(\"t\")] Sequence xs, [Shape(3), Time(\"t\")] Sequence ys) => xs + ys;", "[N, t, 3]")]
    [InlineData("[Predict] static Sequence P([Shape(2)] Tensor x, [Shape(3)] Sequence xs) => xs.Concat(x);", "[N, xs, 5]")]
    [InlineData("[Predict] static Sequence P([Shape(2)] Tensor x, [Shape(3)] Sequence xs) => x.RepeatOver(xs);", "[N, xs, 2]")]
    [InlineData("[Predict] static Sequence P([Shape(1, 8, 8)] Sequence xs) => xs.Conv2D(4, 3).MaxPool2D(2);", "[N, xs, 4, 3, 3]")]
    [InlineData("[Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Window(4, stride: 2).Window(2, stride: 3).Flatten();", "[N, ⌈xs/6⌉, 24]")]
    [InlineData("[Predict] static Sequence P([Shape(4)] Sequence xs) => xs.Split(2)[1];", "[N, xs, 2]")]
    [InlineData("[Predict] static TokenSequence P([Shape(4)] Sequence xs) => xs.ArgMax();", "[N, xs] int")]
    [InlineData("[Predict] static TokenSequence P([Vocabulary(4)] TokenSequence xs) => xs.Shift(1, fill: 3).OneHot().ArgMax();", "[N, xs] int")]
    [InlineData("[Predict] static Sequence P([Vocabulary(4)] TokenSequence xs) => xs.Embed(5).Lstm(6).Gru(7).Rnn(8);", "[N, xs, 8]")]
    [InlineData("[Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Bidirectional(x => x.Gru(4)).Dense(2);", "[N, xs, 2]")]
    [InlineData("[Predict] static Tensor P([Shape(3)] Sequence xs) => xs.Apply(new Lstm(4) { Bidirectional = true }).Last();", "[N, 8]")]
    [InlineData("static readonly Bidirectional Both = new(new Lstm(4), new Gru(3)); [Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Apply(Both);", "[N, xs, 7]")]
    [InlineData("[Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Map(x => x.Dense(4).Outer(x));", "[N, xs, 4, 3]")]
    [InlineData("[Predict] static Tensor P([Shape(2, 3, 4)] Tensor x) => x.AsSequence(1).ToTensor();", "[N, 3, 2, 4]")]
    [InlineData("[Predict] static Tensor P([Shape(2, 3)] Tensor x) => x.AsSequence(-1).Gru(5).Last();", "[N, 5]")]
    [InlineData("[Predict] static Sequence P([Shape(2, 3)] Sequence xs) => xs.Map(x => x.AsSequence().Gru(5).ToTensor());", "[N, xs, 2, 5]")]
    [InlineData("[Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Map(x => Tensor.Ones(2));", "[N, xs, 2]")]
    [InlineData("static readonly Lstm Cell = new(4); [Predict] static Tensor P([Shape(3)] Sequence xs) => Cell.Apply(xs, Cell.Zero).Last.C;", "[N, 4]")]
    [InlineData("static readonly Gru Cell = new(4); [Predict] static Tensor P([Shape(3)] Tensor x, [Shape(4)] Tensor h) => Cell.Step(x, h).Next;", "[N, 4]")]
    [InlineData("static readonly Sequential All = new(new Embedding(5, 6), new Lstm(7), new Dense(2)); [Predict] static Sequence P([Vocabulary(5), Time(\"t\")] TokenSequence xs) => All.Apply(xs);", "[N, t, 2]")]
    [InlineData("static readonly Sequential All = new(new Rnn(7), new Dense(2)); [Predict] static Sequence P([Vocabulary(5)] TokenSequence xs) => All.Apply(xs);", "[N, xs, 2]")]
    public void Types(string members, string type) => Assert.Equal(type, Result(members).ToString());

    [Fact]
    public void One_name_is_one_axis_with_the_bound_that_an_input_declares()
    {
        var program = Network("[Learn] static Loss L([Vocabulary(4), Time(\"t\", Max = 64)] TokenSequence xs, [Vocabulary(4), Time(\"t\")] TokenSequence ys, [Shape(2)] Sequence zs) => xs.Embed(4).CrossEntropy(ys).MeanOverTime() + zs.Lstm(1).Last().Sum();").Programs[0];
        Assert.Equal([new TimeAxis("t", 64), new TimeAxis("zs")], program.TimeAxes);
        Assert.Equal(InputKind.Labels, program.Inputs[1].Kind);
    }

    // ---- Recurrences ----

    [Theory]
    [InlineData("xs.Scan((Sum: Tensor.Zeros(3), Last: Tensor.Zeros(3)), (s, x) => (s.Sum + x, (s.Sum + x, x))).Outputs")]
    [InlineData("xs.Scan(new Pair(Tensor.Zeros(3), [Tensor.Zeros(3), Tensor.Zeros(3)]), (s, x) => (s.Sum + x, s with { Sum = s.Sum + x, Seen = [x, s.Seen[0]] })).Outputs")]
    [InlineData("xs.Scan(new[] { Tensor.Zeros(3) }, (s, x) => (s[0] + x, [s[0] + x])).Outputs")]
    [InlineData("xs.Scan(Tensor.Zeros(3), (s, x) => s + x).Outputs")]
    [InlineData("xs.Scan(Tensor.Zeros(3), Plus).Outputs", "static Tensor Plus(Tensor s, Tensor x) => s + x;")]
    [InlineData("xs.Reverse().Scan(xs.SumOverTime(), (s, x) => (s, s - x)).Outputs.Reverse()")]
    public void A_running_sum(string body, string more = "")
    {
        var (value, evaluator) = Run(Predict($"[Predict] static Sequence P([Shape(3)] Sequence xs) => {body}; {more}"), new() { ["xs"] = [4, 2, 3] });
        int[] lengths = [4, 2, 3];
        for (var n = 0; n < 3; n++)
            for (var e = 0; e < 3; e++)
                for (var (t, sum) = (0, 0.0); t < lengths[n]; t++)
                    Assert.Equal(sum += evaluator.Inputs[0][(n * 4 + t) * 3 + e], value[(n * 4 + t) * 3 + e], 9);
    }

    /// <summary>The token counts up from the first one on by the row's step, so that rows end at their own times.</summary>
    [Theory]
    [InlineData(4, new[] { 3, 6, 0, 0, 0 }, 2)]      // 3, 6, then the end 9
    [InlineData(5, new[] { 3, 6, 9, 12, 15 }, 5)]    // no end
    [InlineData(1, new[] { 0, 0, 0, 0, 0 }, 0)]      // the end at once
    public void Tokens_are_generated_until_the_end(int kind, int[] tokens, int length)
    {
        var end = kind switch { 4 => 9, 5 => 1, _ => 3 };
        var graph = Predict($$"""
            [Predict]
            static TokenSequence P([Shape(2)] Tensor x) => Sequence.Generate((Tensor.Ones(1).Concat(Tensor.Zeros(19)), x), 0, {{end}}, max: 5, (state, token) =>
            {
                var next = Tensor.Zeros(3).Concat(state.Item1.Slice(0, 0, 17));
                return (next.ArgMax(), (next, state.Item2));
            });
            """);
        Assert.Equal([.. tokens, .. tokens], Values(0));
        Assert.Equal([length, length], Values(1));

        IEnumerable<int> Values(int output) => Run(graph, new() { ["x"] = [1, 1] }, output).Value.Select(v => (int)v);
    }

    [Fact]
    public void An_axis_becomes_time_and_time_an_axis()
    {
        var (value, evaluator) = Run(Predict("[Predict] static Tensor P([Shape(2, 3)] Tensor x) => x.AsSequence(1).Scan(Tensor.Zeros(2), (s, c) => s + c).Outputs.Reverse().ToTensor();"), new() { ["x"] = [1, 1] });
        var x = evaluator.Inputs[0];
        // Of each row the sum over the columns so far, the last column first.
        for (var n = 0; n < value.Length / 6; n++)
            for (var step = 0; step < 3; step++)
                for (var row = 0; row < 2; row++)
                    Assert.Equal(Enumerable.Range(0, 3 - step).Sum(c => x[n * 6 + row * 3 + c]), value[n * 6 + step * 2 + row], 9);
    }

    [Fact]
    public void The_last_state_is_that_of_the_last_live_step()
    {
        var (value, evaluator) = Run(Predict("[Predict] static Tensor P([Shape(2)] Sequence xs) => xs.Scan((Tensor.Zeros(2), Tensor.Ones(2)), (s, x) => (s.Item1, (x, s.Item1))).Last.Item2;"), new() { ["xs"] = [4, 1, 3] });
        var x = evaluator.Inputs[0];
        Numbers.Close([.. x[4..6], 0, 0, .. x[18..20]], value, 1e-12, "the step before the last");
    }

    [Fact]
    public void A_scan_within_a_scan()
    {
        // Σ over the steps of y of Σ over those of x of x · y, by two recurrences.
        var graph = Predict("""
            [Predict]
            static Tensor P([Shape(2)] Sequence xs, [Shape(2)] Sequence ys) =>
                ys.Scan(Tensor.Zeros(), (total, y) => total + xs.Scan(Tensor.Zeros(), (sum, x) => sum + x.MatMul(y)).Last).Last;
            """);
        var (value, evaluator) = Run(graph, new() { ["xs"] = [3, 1], ["ys"] = [1, 2] });
        var (xs, ys) = (evaluator.Inputs[0], evaluator.Inputs[1]);
        double Sum(double[] values, int n, int longest, int steps, int e) => Enumerable.Range(0, steps).Sum(t => values[(n * longest + t) * 2 + e]);
        double Expected(int n, int x, int y) => Enumerable.Range(0, 2).Sum(e => Sum(xs, n, 3, x, e) * Sum(ys, n, 2, y, e));
        Numbers.Close([Expected(0, 3, 1), Expected(1, 1, 2)], value, 1e-9, "the sum of all products");
    }

    [Fact]
    public void Attention_over_another_sequence()
    {
        var graph = Predict("[Predict] static Sequence P([Shape(2)] Sequence keys, [Shape(2)] Sequence queries) => queries.Map(q => (keys * (keys * q).Sum().SoftmaxOverTime().Reshape(1)).SumOverTime());");
        var (value, evaluator) = Run(graph, new() { ["keys"] = [3, 2], ["queries"] = [1, 2] });
        var (keys, queries) = (evaluator.Inputs[0], evaluator.Inputs[1]);
        for (var n = 0; n < 2; n++)
            for (var t = 0; t <= n; t++)
            {
                var own = Enumerable.Range(0, n == 0 ? 3 : 2).Select(s => keys[((n * 3 + s) * 2)..((n * 3 + s + 1) * 2)]).ToArray();
                var q = queries[((n * 2 + t) * 2)..((n * 2 + t + 1) * 2)];
                var weights = own.Select(k => Math.Exp(k[0] * q[0] + k[1] * q[1])).ToArray();
                Numbers.Close([.. Enumerable.Range(0, 2).Select(e => own.Zip(weights, (k, w) => k[e] * w).Sum() / weights.Sum())], value[((n * 2 + t) * 2)..((n * 2 + t + 1) * 2)], 1e-9, $"query {t} of sample {n}");
            }
    }

    /// <summary>An LSTM with peepholes by its equations has the values of the layer.</summary>
    [Fact]
    public void A_layer_of_ones_own_over_time()
    {
        const string Own = """
            [Predict]
            static Sequence P([Shape(3)] Sequence xs)
            {
                var (w, r, b, p) = (new Parameter(3, 8) { Name = "weight" }, new Parameter(2, 8) { Name = "recurrent" }, new Parameter(8) { Name = "bias" }, new Parameter(6) { Name = "peephole" });
                return xs.Scan((h: Tensor.Zeros(2), c: Tensor.Zeros(2)), Cell).Outputs;

                (Tensor, (Tensor h, Tensor c)) Cell((Tensor h, Tensor c) s, Tensor x)
                {
                    var (gates, see) = ((x.MatMul(w) + s.h.MatMul(r) + b).Split(4), p.Split(3));
                    var c = (gates[1] + 1 + see[1] * s.c).Sigmoid() * s.c + (gates[0] + see[0] * s.c).Sigmoid() * gates[2].Tanh();
                    var h = (gates[3] + see[2] * c).Sigmoid() * c.Tanh();
                    return (h, (h, c));
                }
            }
            """;
        var (own, lengths) = (Predict(Own), new Dictionary<string, int[]> { ["xs"] = [3, 5] });
        var layer = Predict("[Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Lstm(2, peepholes: true);");
        var (expected, evaluator) = Run(own, lengths);
        foreach (var name in new[] { "weight", "recurrent", "bias", "peephole" })
            Assert.Contains(layer.Nodes, n => n.Operator is ParameterRead read && read.Name.EndsWith(name, StringComparison.Ordinal));
        var other = new ReferenceEvaluator(2);
        other.Lengths["xs"] = lengths["xs"];
        other.Inputs[0] = evaluator.Inputs[0];
        foreach (var read in layer.Nodes.Select(n => n.Operator).OfType<ParameterRead>()) other.Parameters[read.Name] = evaluator.Parameters["p." + read.Name.Split('.')[^1]];
        Numbers.Close(expected, other.Run(layer)[layer.Outputs[0].Node], 1e-9, "the layer");
    }

    /// <summary>Of a sum of squares it is twice the steps; a recurrence that has nothing to do with it is not differentiated.</summary>
    [Fact]
    public void The_derivative_with_respect_to_every_step()
    {
        var graph = Predict("[Predict] static (Sequence G, Tensor Last) P([Shape(2)] Sequence xs) { var last = xs.Lstm(3).Last(); return (xs.Square().SumOverTime().Sum().Gradient(xs), last); }");
        Assert.Equal(2, graph.Nodes.Count(n => n.Operator is PreviousState));
        var (value, evaluator) = Run(graph, new() { ["xs"] = [3, 1] });
        Numbers.Close([.. evaluator.Inputs[0][..8].Select(v => 2 * v)], value[..8], 1e-12, "live steps");
        Assert.All(value[8..], v => Assert.Equal(0, v));
    }

    [Fact]
    public void An_output_that_is_the_next_state_is_the_held_state()
    {
        var graph = Predict("[Predict] static Sequence P([Shape(3)] Sequence xs) => xs.Scan((Tensor.Zeros(3), Tensor.Zeros(3)), (s, x) => { var y = s.Item1 + x; return (y, (y, s.Item1)); }).Outputs;");
        Assert.IsType<NextState>(graph[graph.Outputs[0].Node].Operator);
    }

    // ---- Draws ----

    [Theory]
    [InlineData("xs.Dropout(0.5).SumOverTime()", "xs")]
    [InlineData("(xs * Tensor.Ones(3).Dropout(0.5)).SumOverTime()", "")]
    [InlineData("xs.Scan(Tensor.Zeros(3), (h, x) => (h + x).Dropout(0.5)).Last", "xs")]
    [InlineData("xs.Scan(Tensor.Zeros(3), (h, x) => h + Tensor.Normal(3)).Last", "xs")]
    [InlineData("xs.Map(x => ys.Dropout(0.5).SumOverTime() + x).SumOverTime()", "xs, ys")]
    [InlineData("xs.NoisyRelu().SumOverTime()", "xs")]
    public void Each_step_draws_afresh_where_it_is_drawn_for_each(string value, string time)
    {
        var network = Network($"[Learn] static Loss L([Shape(3)] Sequence xs, [Shape(3)] Sequence ys) => ({value} * new Parameter(3)).Sum() + ys.SumOverTime().Sum();");
        var draw = network.Programs[0].Graph.Nodes.Select(n => n.Operator).OfType<RandomDraw>().Single();
        Assert.Equal(time, string.Join(", ", draw.Time));
    }

    /// <summary>Within a Map over its own axis a sequence runs over a copy of it; within two, over another.</summary>
    [Theory]
    [InlineData("xs.Map(x => (xs * x).SumOverTime())", "xs′", "[N, xs, xs′, 3]")]
    [InlineData("xs.Map(x => xs.Dense(2).Last().Concat(x))", "xs′", "[N, xs′, 2]")]
    [InlineData("xs.Scan(Tensor.Zeros(3), (h, x) => (xs * h).SumOverTime() + x).Outputs", "xs′", "[N, xs, xs′, 3]")]
    [InlineData("xs.Map(x => xs.Map(y => (xs * x * y).SumOverTime()).SumOverTime())", "xs′, xs′′", "[N, xs, xs′, xs′′, 3]")]
    public void A_sequence_within_a_loop_over_itself(string value, string copies, string type)
    {
        var graph = Network($"[Predict] static Sequence P([Shape(3)] Sequence xs) => {value};").Programs[0].Graph;
        Assert.Equal(copies, string.Join(", ", graph.Nodes.Select(n => n.Operator).OfType<RenameAxis>().Select(r => r.Result.ToString()).Distinct().Order(StringComparer.Ordinal)));
        Assert.Contains(type, graph.Nodes.Select(n => n.Type.ToString()));
        Assert.Equal("xs", Assert.Single(graph[graph.Outputs[0].Node].Type.Time).ToString());
    }

    /// <summary>Of h, what the recurrent weights see is masked: as by equations with a mask that is made outside of the scan.</summary>
    [Theory]
    [InlineData("Rnn(4, recurrentDropout: 0.25)", 1, "return (g[0] + (h * mask).MatMul(r)).Tanh();")]
    [InlineData("Gru(4, recurrentDropout: 0.25)", 3,
        "var o = (h * mask).MatMul(r).Split(3); var z = (g[1] + o[1]).Sigmoid(); return z * h + (1 - z) * (g[2] + (g[0] + o[0]).Sigmoid() * (o[2] + n)).Tanh();")]
    [InlineData("Gru(4, resetAfter: false, recurrentDropout: 0.25)", 3,
        "var s = h * mask; var o = s.MatMul(r.Slice(1, 0, 8)).Split(2); var z = (g[1] + o[1]).Sigmoid(); return z * h + (1 - z) * (g[2] + ((g[0] + o[0]).Sigmoid() * s).MatMul(r.Slice(1, 8, 4))).Tanh();")]
    [InlineData("Lstm(4, forgetBias: 0, recurrentDropout: 0.25)", 4,
        "var o = (s.h * mask).MatMul(r).Split(4); var c = (g[1] + o[1]).Sigmoid() * s.c + (g[0] + o[0]).Sigmoid() * (g[2] + o[2]).Tanh(); var h = (g[3] + o[3]).Sigmoid() * c.Tanh(); return (h, (h, c));")]
    public void Recurrent_dropout_is_one_mask_for_all_steps(string layer, int gates, string step)
    {
        var (zeros, state) = gates == 4 ? ("(h: Tensor.Zeros(4), c: Tensor.Zeros(4))", "s") : ("Tensor.Zeros(4)", "h");
        var own = Learn($$"""
            [Learn]
            static Loss L([Shape(3)] Sequence xs)
            {
                var (w, r, b, n) = (new Parameter(3, {{4 * gates}}) { Name = "weight" }, new Parameter(4, {{4 * gates}}) { Name = "recurrent" }, new Parameter({{4 * gates}}) { Name = "bias" }, new Parameter(4) { Name = "recurrent_bias" });
                var mask = Tensor.Ones(4).Dropout(0.25);
                var ys = xs.Scan({{zeros}}, ({{state}}, x) => { var g = (x.MatMul(w) + b).Split({{gates}}); {{step}} }).Outputs;
                return ys.Square().Sum().SumOverTime() + 0 * n.Sum();
            }
            """);
        var drawn = Learn($"[Learn] static Loss L([Shape(3)] Sequence xs) => xs.{layer}.Square().Sum().SumOverTime();");
        Assert.Equal("[N, 4]", Assert.Single(drawn.Nodes, n => n.Operator is RandomDraw).Type.ToString());
        var (expected, actual) = (Value(own), Value(drawn));
        Numbers.Close(expected, actual, 1e-9, layer);
        Assert.NotEqual(expected[0], Value(Learn($"[Learn] static Loss L([Shape(3)] Sequence xs) => xs.{layer.Replace(", recurrentDropout: 0.25", "")}.Square().Sum().SumOverTime();"))[0]);

        static Graph.Graph Learn(string members) => Network(members).Programs[0].Graph;

        static double[] Value(Graph.Graph graph)
        {
            var evaluator = new ReferenceEvaluator(2) { Lengths = { ["xs"] = [3, 5] }, Draw = d => [0.1, 0.9, 0.7, 0.8, 0.3, 0.2, 0.95, 0.4] };
            evaluator.Inputs[0] = Numbers.Draw(30, -1, 1, 3);
            foreach (var read in graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>()) evaluator.Parameters[read.Name] = Numbers.Draw(read.Shape.Aggregate(1, (n, d) => n * d), -1, 1, 50 + read.Name.Split('.')[^1].Sum(c => c));
            return evaluator.Run(graph)[graph.Outputs[0].Node];
        }
    }

    /// <summary>Afresh for each application, and for each direction; single steps of a layer share one; in use there is none.</summary>
    [Theory]
    [InlineData("xs.Rnn(4, recurrentDropout: 0.5).SumOverTime() + xs.Rnn(4, recurrentDropout: 0.5).SumOverTime()", "[N, 4] [N, 4]")]
    [InlineData("xs.Apply(new Lstm(2) { RecurrentDropout = 0.5, Bidirectional = true }).SumOverTime()", "[N, 2] [N, 2]")]
    [InlineData("xs.Scan(Tensor.Zeros(4), (h, x) => Cell.Step(x, h)).Last", "[N, 4]")]
    [InlineData("Cell.Step(xs.Last(), Cell.Step(xs.First(), Tensor.Zeros(4)).Next).Output", "[N, 4]")]
    [InlineData("ys.Map(y => xs.Rnn(4, recurrentDropout: 0.5).SumOverTime() + y.Sum()).SumOverTime()", "[N, ys, 4]")]
    [InlineData("Mode.Inference(() => xs.Rnn(4, recurrentDropout: 0.5).SumOverTime())", "")]
    [InlineData("xs.Rnn(4, recurrentDropout: 0).SumOverTime()", "")]
    public void Masks_of_recurrent_layers(string value, string masks)
    {
        var network = Network($"static readonly Gru Cell = new(4) {{ RecurrentDropout = 0.5 }}; [Learn] static Loss L([Shape(3)] Sequence xs, [Shape(3)] Sequence ys) => ({value} * new Parameter(4)).Sum() + ys.SumOverTime().Sum(); [Predict] static Tensor P([Shape(3)] Sequence xs) => xs.Apply(Cell).Last();");
        Assert.Equal(masks, string.Join(" ", network.Programs.Single(p => p.Kind == ProgramKind.Learn).Graph.Nodes.Where(n => n.Operator is RandomDraw).Select(n => n.Type)));
        Assert.DoesNotContain(network.Programs.Single(p => p.Kind == ProgramKind.Predict).Graph.Nodes, n => n.Operator is RandomDraw);
    }

    // ---- States ----

    [Fact]
    public void States_are_shared_by_programs()
    {
        var network = Network("""
            static readonly Lstm[] Cells = [new(4), new(4)];
            static readonly State[] H = [new(4), new(4)];
            static readonly State C = new(4) { Initial = 0.5 }, Unused = new(3);
            [Learn]
            static Loss Read([Shape(3)] Sequence xs)
            {
                for (var i = 0; i < 2; i++)
                {
                    (xs, var last) = Cells[i].Apply(xs, (H[i], C));
                    H[i].Assign(last.H);
                }
                return xs.MeanOverTime().Sum();
            }
            [Predict]
            static Tensor Step([Shape(3)] Tensor x)
            {
                var (y, next) = Cells[0].Step(x, (H[0], C));
                C.Assign(next.C);
                return y;
            }
            """);
        Assert.Equal(["h.0[4] 0", "c[4] 0.5", "h.1[4] 0"], network.States.Select(s => FormattableString.Invariant($"{s.Name}{s.Shape} {s.Initial}")));
        Assert.Equal([["h.0", "h.1"], ["c"]], network.Programs.Select(p => p.Graph.Outputs.Where(o => o.Role == Role.State).Select(o => o.Name)));
        Assert.Equal(network.Parameters.Select(p => p.Name), network.Programs[0].Trained);
    }

    [Fact]
    public void A_stateful_layer_has_its_states_and_its_step()
    {
        var network = Network("""
            static readonly Sequential Body = new(new Embedding(5, 3), new Lstm(4) { Stateful = true }, new Gru(2) { Stateful = true }, new Dense(5));
            [Learn] static Loss Read([Vocabulary(5), Time("t")] TokenSequence text, [Vocabulary(5), Time("t")] TokenSequence next) => Body.Apply(text).CrossEntropy(next).MeanOverTime();
            [Predict] static Tensor Step([Classes(5)] Labels character) => Body.Apply(character);
            """);
        Assert.Equal(["body.1.h", "body.1.c", "body.2.h"], network.States.Select(s => s.Name));
        Assert.All(network.Programs, p => Assert.Equal(["body.1.h", "body.1.c", "body.2.h"], p.Graph.Outputs.Where(o => o.Role == Role.State).Select(o => o.Name)));
        Assert.DoesNotContain(network.Programs[1].Graph.Nodes, n => n.Operator is PreviousState);
    }

    // ---- Stacks ----

    [Theory]
    [InlineData("Input(3, Sequence = true)", "Lstm(4), LastState, Dense(2), CrossEntropy", "[N, 2]", "[input] 0", "[] 2")]
    [InlineData("Input(3, Sequence = true)", "Lstm(4), Dense(2), CrossEntropy", "[N, input, 2]", "[input] 0", "[input] 2")]
    [InlineData("Input(Vocabulary = 7, Sequence = true)", "Embedding(7, 3), Gru(4), Dense(7), CrossEntropy", "[N, input, 7]", "[input] 7", "[input] 7")]
    [InlineData("Input(Vocabulary = 7, Sequence = true)", "Rnn(4, Activation = RecurrentActivation.Relu), Dense(7), CrossEntropy", "[N, input, 7]", "[input] 7", "[input] 7")]
    [InlineData("Input(Vocabulary = 7)", "Embedding(7, 3), Dense(2), CrossEntropy", "[N, 2]", "[] 7", "[] 2")]
    [InlineData("Input(3, Sequence = true)", "Lstm(4), Dense(2), MeanSquaredError", "[N, input, 2]", "[input] 0", "[input] 0")]
    public void Stacks(string input, string layers, string output, string first, string second)
    {
        var programs = GeneratorHost.Network($"[Network, {input}] [{layers}] public sealed partial class Net;").Programs;
        Assert.Equal(output, programs[0].Graph[programs[0].Graph.Outputs[0].Node].Type.ToString());
        Assert.Equal([first, second], programs[1].Inputs.Select(i => $"{i.Time} {i.Classes}"));
        Assert.All(programs[1].Graph.Outputs.Where(o => o.Role is Role.Loss or Role.Metric), o => Assert.Equal("[N]", programs[1].Graph[o.Node].Type.ToString()));
    }

    [Theory]
    [InlineData("Lstm(4)", "Lstm(4)", "Lstm(4)")]
    [InlineData("Lstm(4, peepholes: true, forgetBias: 0)", "Lstm(4) { Peepholes = true, ForgetBias = 0 }", "Lstm(4, Peepholes = true, ForgetBias = 0)")]
    [InlineData("Lstm(4, recurrentDropout: 0.2)", "Lstm(4) { RecurrentDropout = 0.2 }", "Lstm(4, RecurrentDropout = 0.2)")]
    [InlineData("Gru(4, resetAfter: false)", "Gru(4) { ResetAfter = false }", "Gru(4, ResetAfter = false)")]
    [InlineData("Gru(4, updateKeeps: false)", "Gru(4) { UpdateKeeps = false }", "Gru(4, UpdateKeeps = false)")]
    [InlineData("Rnn(4, RecurrentActivation.Relu)", "Rnn(4) { Activation = RecurrentActivation.Relu }", "Rnn(4, Activation = RecurrentActivation.Relu)")]
    public void Three_ways_to_write_it(string method, string instance, string attribute)
    {
        var methods = Text($"[Network] public sealed partial class Net {{ [Predict] static Sequence P([Shape(3)] Sequence input) => input.{method}; }}");
        Assert.Equal(methods, Text($"[Network] public sealed partial class Net {{ static readonly {instance.Split('(')[0]} Cell = new {instance}; [Predict] static Sequence P([Shape(3)] Sequence input) => Cell.Apply(input); }}"));
        Assert.Equal(methods, Text($"[Network, Input(3, Sequence = true), {attribute}] public sealed partial class Net;"));

        static string Text(string source) => string.Join("\n", GeneratorHost.Network(source).Programs[0].Graph.Nodes.Select(n => $"{n.Id} {n.Operator switch { ParameterRead read => read.Name.Split('.')[^1], PreviousState => "previous", NextState => "next", var op => op }} {n.Inputs} {n.Type}"));
    }

    /// <summary>A layer that is written for one sample acts on every step.</summary>
    [Fact]
    public void A_layer_of_ones_own_on_every_step()
    {
        var network = GeneratorHost.Network("""
            public sealed class Twice(int units) : Layer { readonly Dense _dense = new(units); public override Tensor Apply(Tensor x) => _dense.Apply(x).Relu() * 2; }
            [Network, Input(3, Sequence = true)] [Twice(4), LastState, Dense(2), CrossEntropy] public sealed partial class Net;
            """);
        Assert.Equal(["twice1.dense.weight", "twice1.dense.bias", "dense1.weight", "dense1.bias"], network.Parameters.Select(p => p.Name));
    }

    // ---- Passes ----

    /// <summary>The language's acceptance set goes through all passes; the last one checks each graph.</summary>
    [Theory]
    [InlineData("Recurrent")]
    [InlineData("SequenceToSequence")]
    public void Networks_over_time_are_differentiated_and_simplified(string file)
    {
        var compilation = GeneratorHost.Compile((file + ".cs", GeneratorHost.Embedded(file + ".cs")));
        var networks = compilation.SyntaxTrees[^1].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Where(c => c.AttributeLists.Count > 0)
            .Select(c => GeneratorHost.Read(compilation, c.Identifier.Text).Network).OfType<Network>().ToList();
        Assert.NotEmpty(networks);
        foreach (var program in networks.SelectMany(n => n.Programs))
            Assert.Equal(program.Trained.Order(StringComparer.Ordinal), Pipeline.Run(program).Main.Outputs.Where(o => o.Role == Role.Gradient).Select(o => o.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>The product of one-hot vectors with a matrix reads rows of it, and its gradient adds to them.</summary>
    [Fact]
    public void One_hot_vectors_are_not_made()
    {
        var program = Network("static readonly Parameter W = new(7, 3); [Learn] static Loss L([Vocabulary(7)] TokenSequence xs) => xs.OneHot().MatMul(W).Square().MeanOverTime().Sum();").Programs[0];
        var operators = Pipeline.Run(program).Main.Nodes.Select(n => n.Operator).ToList();
        Assert.Contains(operators, op => op is GatherRows);
        Assert.Contains(operators, op => op is ScatterRows { Rows: 7 });
        Assert.DoesNotContain(operators, op => op is OneHotOf or Einsum);
    }

    /// <summary>A program whose output is the state before each step needs the loop all the same.</summary>
    [Fact]
    public void A_loop_of_which_only_the_state_before_is_read_is_closed()
    {
        var network = Network("static readonly Parameter W = new(3, 3); [Learn] static Loss L([Shape(3)] Sequence xs) => xs.Scan(Tensor.Zeros(3), (h, x) => (h, (h + x).MatMul(W))).Outputs.MeanOverTime().Sum();");
        Assert.Equal(["w"], network.Programs[0].Trained);
        Verify.Run(network.Programs[0].Graph);
        Assert.Contains(network.Programs[0].Graph.Nodes, n => n.Operator is NextState);
    }
}
