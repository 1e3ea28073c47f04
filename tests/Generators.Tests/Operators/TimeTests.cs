using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Values over time by their definitions, samples of several lengths in a batch.</summary>
public sealed class TimeTests
{
    private static readonly TimeAxis T = new("t"), S = new("s");
    private static readonly int[] Live = [3, 1, 4];
    private const int Rows = 3, Steps = 6;

    private static GradientCheck Check() => new() { Lengths = { ["t"] = Live, ["s"] = [2, 5, 1] }, Steps = { ["t"] = Steps } };

    /// <summary>What a graph makes of x over t, two elements a step.</summary>
    private static (double[][] Values, double[] X) Values(params Func<GradientCheck, Node, Node>[] builds)
    {
        var check = Check();
        var x = check.Input(T, 2);
        var built = builds.Select(build => build(check, x)).ToArray();
        var evaluator = check.Evaluator(Rows, 1);
        var values = evaluator.Run(check.Graph.Build([]));
        return ([.. built.Select(node => values[node.Id])], evaluator.Inputs[0]);
    }

    private static double At(double[] x, int row, int step, int element, int steps = Steps) => x[(row * steps + step) * 2 + element];

    private static void Each(Action<int, int, int> place, int steps = Steps)
    {
        for (var row = 0; row < Rows; row++)
            for (var step = 0; step < steps; step++)
                for (var element = 0; element < 2; element++) place(row, step, element);
    }

    [Fact]
    public void Dead_steps_of_an_input_repeat_the_last_live_one()
    {
        var (values, x) = Values((_, x) => x);
        Each((row, step, element) => Assert.Equal(At(x, row, Math.Min(step, Live[row] - 1), element), At(values[0], row, step, element)));
    }

    [Fact]
    public void A_step_is_live_where_its_number_is_below_the_length()
    {
        var (values, x) = Values((c, x) => c.Graph.WhereLive(T, x, c.Graph.Number(9)), (c, x) => c.Graph.WhereLive(T with { Stride = 2 }, c.Graph.Add(new EveryStep(T, 2), x), c.Graph.Number(9)));
        Each((row, step, element) => Assert.Equal(step < Live[row] ? At(x, row, step, element) : 9, At(values[0], row, step, element)));
        Each((row, step, element) => Assert.Equal(step < (Live[row] + 1) / 2 ? At(x, row, 2 * step, element) : 9, At(values[1], row, step, element, 3)), 3);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(1)]
    public void A_shift_is_zero_where_one_of_its_steps_is_dead(int offset)
    {
        var (values, x) = Values((c, x) => c.Graph.Add(new ShiftTime(T, offset), x));
        Each((row, step, element) => Assert.Equal(step < Live[row] && step + offset >= 0 && step + offset < Live[row] ? At(x, row, step + offset, element) : 0, At(values[0], row, step, element)));
    }

    [Fact]
    public void Reversed_a_sample_begins_with_its_own_last_step()
    {
        var (values, x) = Values((c, x) => c.Graph.Add(new ReverseTime(T), x));
        Each((row, step, element) => Assert.Equal(step < Live[row] ? At(x, row, Live[row] - 1 - step, element) : 0, At(values[0], row, step, element)));
    }

    [Fact]
    public void Spread_steps_lie_where_they_were_taken_from()
    {
        var (values, x) = Values((c, x) => c.Graph.Add(new SpreadSteps(T, 4), c.Graph.Add(new EveryStep(T, 4), c.Graph.WhereLive(T, x, c.Graph.Number(0)))));
        Each((row, step, element) => Assert.Equal(step % 4 == 0 && step < Live[row] ? At(x, row, step, element) : 0, At(values[0], row, step, element)));
    }

    [Fact]
    public void Sums_and_maxima_are_over_all_steps()
    {
        var (values, x) = Values((c, x) => c.Graph.Add(new ReduceTime(Reduction.Sum, T), x), (c, x) => c.Graph.Add(new ReduceTime(Reduction.Max, T), x), (c, x) => c.Graph.MeanOverTime(T, x));
        for (var row = 0; row < Rows; row++)
            for (var element = 0; element < 2; element++)
            {
                var all = Enumerable.Range(0, Steps).Select(step => At(x, row, Math.Min(step, Live[row] - 1), element)).ToArray();
                Assert.Equal(all.Sum(), values[0][row * 2 + element], 1e-12);
                Assert.Equal(all.Max(), values[1][row * 2 + element]);
                Assert.Equal(all[..Live[row]].Average(), values[2][row * 2 + element], 1e-12);
            }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_recurrence_runs_over_the_live_steps_in_order(bool backward)
    {
        Node[]? last = null;
        var (values, x) = Values((c, x) =>
        {
            (var all, last) = c.Graph.Scan("h", T, [c.Graph.Fill(1, [2])], h => [c.Graph.Add(new Add(), c.Graph.Scale(h[0], 0.5), x)], backward);
            return all[0];
        }, (_, _) => last![0]);
        for (var row = 0; row < Rows; row++)
            for (var element = 0; element < 2; element++)
            {
                var state = 1.0;
                var steps = Enumerable.Range(0, Steps);
                foreach (var step in backward ? steps.Reverse() : steps)
                {
                    if (step < Live[row]) state = state * 0.5 + At(x, row, step, element);
                    Assert.Equal(state, At(values[0], row, step, element), 1e-12);
                }
                Assert.Equal(state, values[1][row * 2 + element], 1e-12);
            }
    }

    [Fact]
    public void Rows_of_a_matrix_are_gathered_and_summed_by_their_numbers()
    {
        var check = Check();
        var (table, tokens) = (check.Parameter("table", 4, 2), check.Tokens(4, T));
        var rows = check.Graph.Add(new GatherRows(), table, tokens);
        var sums = check.Graph.Add(new ScatterRows(4), check.Graph.WhereLive(T, rows, check.Graph.Number(0)), tokens);
        var evaluator = check.Evaluator(Rows, 1);
        var values = evaluator.Run(check.Graph.Build([]));
        var (matrix, numbers, expected) = (evaluator.Parameters["table"], values[tokens.Id], new double[8]);
        Each((row, step, element) =>
        {
            var number = (int)numbers[row * Steps + step];
            Assert.Equal(matrix[number * 2 + element], At(values[rows.Id], row, step, element));
            if (step < Live[row]) expected[number * 2 + element] += matrix[number * 2 + element];
        });
        Numbers.Close(expected, values[sums.Id], 1e-12, "sums");
    }

    /// <summary>Graphs over time that <see cref="TimeGradientTests"/> differentiates: the same for a sample alone as in a batch with longer ones.</summary>
    [Theory, MemberData(nameof(TimeGradientTests.Apart), MemberType = typeof(TimeGradientTests))]
    public void A_sample_alone_has_the_values_it_has_in_a_padded_batch(string name)
    {
        var check = TimeGradientTests.Check();
        var loss = TimeGradientTests.Cases[name](check);
        var program = check.Program(loss);
        var graph = Pipeline.Run(program).Main;
        var together = check.Evaluator(3, 1);
        var values = together.Run(graph);
        for (var row = 0; row < 3; row++)
        {
            var alone = new ReferenceEvaluator(1);
            foreach (var (axis, lengths) in check.Lengths) alone.Lengths[axis] = [lengths[row]];
            foreach (var (parameter, value) in together.Parameters) alone.Parameters[parameter] = value;
            foreach (var read in graph.Nodes.Where(n => n.Operator is InputRead))
                alone.Inputs[((InputRead)read.Operator).Index] = Live(together.Inputs[((InputRead)read.Operator).Index], read.Type, row, alone);
            var own = alone.Run(graph);
            foreach (var output in graph.Outputs.Where(o => o.Role == Role.Loss)) Assert.Equal(values[output.Node][row], own[output.Node].Single(), 1e-12);
            foreach (var input in program.Inputs.Where(i => i.Kind == InputKind.Tensor))
            {
                // Of the mean over the batch: a third of the sample's own.
                var output = graph.Outputs.Single(o => o.Role == Role.InputGradient && o.Name == input.Name);
                var type = graph[output.Node].Type;
                Numbers.Close([.. own[output.Node].Select(v => v / 3)], Live(values[output.Node], type, row, alone), 1e-12, $"{name}: d/d{input.Name} of sample {row}");
                var padded = values[output.Node][(row * together.Count(type) / 3)..((row + 1) * together.Count(type) / 3)];
                Assert.All(padded.Skip(alone.Count(type)), dead => Assert.Equal(0, dead));
            }
        }

        double[] Live(double[] all, TensorType type, int row, ReferenceEvaluator alone) => all.Skip(row * together.Count(type) / 3).Take(alone.Count(type)).ToArray();
    }
}
