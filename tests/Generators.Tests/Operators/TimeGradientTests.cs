using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Back-propagation through time against central differences, samples of several lengths in a batch with steps that all of them lack.</summary>
public sealed class TimeGradientTests
{
    private static readonly TimeAxis T = new("t"), S = new("s"), Again = new("t", Copy: 1), Three = new("three", Fixed: 3);

    internal static GradientCheck Check() => new() { Lengths = { ["t"] = [3, 1, 4], ["s"] = [2, 4, 1] }, Steps = { ["t"] = 5 } };

    internal static readonly Dictionary<string, Func<GradientCheck, Node>> Cases = new()
    {
        ["sum"] = c => c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Tanh(), c.Graph.Affine(c.Input(T, 3), c.Parameter("w", 2, 3), c.Parameter("b", 2)))),
        ["mean"] = c => c.Graph.MeanOverTime(T, c.Graph.Add(new Multiply(), c.Input(T, 2), c.Input(2))),
        ["stepwise scale"] = c => c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Multiply(), c.Input(T, 2), c.Graph.Add(new Exp(), c.Input(T)))),
        ["shift"] = c => c.Input(T, 2) is var x ? c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Multiply(), c.Graph.Add(new ShiftTime(T, -1), x), c.Graph.Add(new ShiftTime(T, 2), c.Graph.Add(new Tanh(), x)))) : null!,
        ["reverse"] = c => c.Input(T, 2) is var x ? c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Multiply(), x, c.Graph.Add(new ReverseTime(T), c.Graph.Add(new Tanh(), x)))) : null!,
        ["an axis as steps"] = c => c.Graph.WeightedSumOverTime(Three, c.Graph.Add(new Tanh(), c.Graph.Add(new AxisToSteps(Three, 0), c.Input(3, 2)))),
        ["steps as an axis"] = c => c.Graph.Add(new AxisToSteps(Three, 1), c.Graph.Add(new Tanh(), c.Input(T, 3, 2))) is var x
            ? c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Square(), c.Graph.Add(new StepsToAxis(Three), c.Graph.Add(new Multiply(), x, c.Graph.Add(new Exp(), c.Graph.Add(new StepNumber(Three))))))) : null!,
        ["self-attention"] = c => c.Input(T, 2) is var x
            ? c.Graph.WeightedSumOverTime(T, c.Graph.Attention(c.Graph.Affine(x, c.Parameter("q", 2, 2)), c.Graph.Add(new RenameAxis(T, Again), c.Graph.Affine(x, c.Parameter("k", 2, 2))), c.Graph.Add(new RenameAxis(T, Again), c.Graph.Add(new Tanh(), x)), Again)) : null!,
        ["a loop over all steps at each"] = c => c.Input(T, 2) is var x && c.Graph.Add(new RenameAxis(T, Again), x) is var all
            ? c.Graph.WeightedSumOverTime(T, c.Graph.Scan("within", Again, [x], h => [c.Graph.Add(new Tanh(), c.Graph.Add(new Add(), c.Graph.Affine(h[0], c.Parameter("w", 2, 2)), all))], false, T).Last[0]) : null!,
        ["every second step"] = c => c.Graph.WeightedSumOverTime(T with { Stride = 2 }, c.Graph.Add(new Square(), c.Graph.Add(new EveryStep(T, 2), c.Input(T, 2)))),
        ["spread steps"] = c => c.Input(T, 2) is var x ? c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Multiply(), x, c.Graph.Add(new SpreadSteps(T, 3), c.Graph.WhereLive(T with { Stride = 3 }, c.Graph.Add(new EveryStep(T, 3), c.Graph.Add(new Tanh(), x)), c.Graph.Number(0))))) : null!,
        ["ctc"] = c => c.Graph.Add(new CtcLoss(3, SkipInfeasible: true), c.Graph.Affine(c.Input(T, 2), c.Parameter("w", 4, 2), c.Parameter("b", 4)), c.Tokens(3, S)),
        ["embedding"] = c => c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Tanh(), c.Graph.Affine(c.Graph.Add(new GatherRows(), c.Parameter("table", 4, 3), c.Tokens(4, T)), c.Parameter("w", 2, 3)))),
        ["rows summed by number"] = c =>
        {
            var tokens = c.Tokens(3, T);
            var sums = c.Graph.Add(new ScatterRows(3), c.Graph.WhereLive(T, c.Graph.Add(new Tanh(), c.Input(T, 2)), c.Graph.Number(0)), tokens);
            return c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Square(), c.Graph.Add(new GatherRows(), sums, tokens)));
        },
        ["rnn, outputs"] = c => Rnn(c) is var (states, _) ? c.Graph.WeightedSumOverTime(T, states) : null!,
        ["rnn, last"] = c => Rnn(c).Last,
        ["rnn, both"] = c => Rnn(c) is var (states, last) ? c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states), last) : null!,
        ["rnn, backward"] = c => Rnn(c, backward: true) is var (states, last) ? c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states), last) : null!,
        ["rnn, the state before each step"] = c => Rnn(c) is var (states, last) ? c.Graph.Add(new Add(), last, c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Square(), c.Graph[states.Inputs[0]]))) : null!,
        ["a delay"] = c =>
        {
            var x = c.Graph.Affine(c.Input(T, 2), c.Parameter("w", 2, 2));
            var (states, last) = c.Graph.Scan("delay", T, [c.Input(2)], _ => [x]);
            return c.Graph.Add(new Add(), last[0], c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Multiply(), x, c.Graph[states[0].Inputs[0]])));
        },
        ["rnn from a constant"] = c => Rnn(c, initial: c.Graph.Fill(0.5, [2])).Last,
        ["rnn from a parameter"] = c => Rnn(c, initial: c.Parameter("h0", 2)) is var (states, last) ? c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states), last) : null!,
        ["rnn over every second step"] = c => c.Graph.Rnn("rnn", T with { Stride = 2 }, c.Graph.Add(new EveryStep(T, 2), c.Input(T, 2)), c.Input(2), Weights(c, 1, 2, 2), new Tanh()).Last[0],
        ["rnn over a fixed number of steps"] = c => c.Graph.Rnn("rnn", Three, c.Graph.Add(new Multiply(), c.Graph.Add(new StepNumber(Three)), c.Input(2)), c.Input(2), Weights(c, 1, 2, 2), new Tanh()).Last[0],
        ["two layers"] = c =>
        {
            var first = c.Graph.Rnn("first", T, c.Input(T, 2), c.Input(2), Weights(c, 1, 2, 2), new Tanh());
            return c.Graph.Rnn("second", T, first.States[0], first.Last[0], Weights(c, 1, 2, 2, "second."), new Sigmoid(), backward: true).Last[0];
        },
        ["lstm"] = c => c.Graph.Lstm("lstm", T, c.Input(T, 2), c.Input(3), c.Input(3), Weights(c, 4, 2, 3)) is var (states, last)
            ? c.Graph.Add(new Add(), c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states[0]), last[0]), last[1]) : null!,
        ["lstm, backward"] = c => c.Graph.Lstm("lstm", T, c.Input(T, 2), c.Input(2), c.Graph.Fill(0, [2]), Weights(c, 4, 2, 2), backward: true) is var (states, last)
            ? c.Graph.Add(new Add(), c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states[0]), last[0]), last[1]) : null!,
        ["lstm, its hidden state alone"] = c => c.Graph.WeightedSumOverTime(T, c.Graph.Lstm("lstm", T, c.Input(T, 2), c.Graph.Fill(0, [2]), c.Graph.Fill(0, [2]), Weights(c, 4, 2, 2)).States[0]),
        ["gru"] = c => c.Graph.Gru("gru", T, c.Input(T, 2), c.Input(3), Weights(c, 3, 2, 3)) is var (states, last) ? c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states[0]), last[0]) : null!,
        ["gru, backward"] = c => c.Graph.Gru("gru", T, c.Input(T, 2), c.Input(2), Weights(c, 3, 2, 2), backward: true).Last[0],
        ["a weight made by the sample"] = c =>
        {
            var (x, matrix) = (c.Input(T, 2), c.Input(2, 2));
            return c.Graph.Scan("h", T, [c.Input(2)], h => [c.Graph.Add(new Tanh(), c.Graph.Add(new Add(), x, c.Graph.Add(new Einsum([0], [1, 0], [1]), h[0], matrix)))]).Last[0];
        },
        ["attention in a loop"] = c =>
        {
            var (x, source, weights) = (c.Input(T, 2), c.Input(S, 2), Weights(c, 1, 4, 2));
            var (keys, values) = (c.Graph.Affine(source, c.Parameter("key", 2, 2)), c.Graph.Add(new Tanh(), source));
            var (states, last) = c.Graph.Scan("decoder", T, [c.Graph.MeanOverTime(S, source)], h =>
            {
                var read = c.Graph.Attention(h[0], keys, values, S);
                return [c.Graph.Add(new Tanh(), c.Graph.Add(new Add(), c.Graph.Affine(c.Graph.Add(new Concat(0), x, read), weights[0], weights[2]), c.Graph.Affine(h[0], weights[1], weights[3])))];
            });
            return c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states[0]), last[0]);
        },
        ["nested loops"] = c => Nested(c, backward: false),
        ["nested loops, backward within"] = c => Nested(c, backward: true),
        ["nested loops, the inner from the outer state"] = c =>
        {
            var (x, inner, weights) = (c.Input(T, 2), c.Input(S, 2), Weights(c, 1, 2, 2));
            return c.Graph.Scan("outer", T, [c.Input(2)], h =>
            {
                var within = c.Graph.Rnn("inner", S, inner, h[0], weights, new Tanh(), backward: false, T);
                return [c.Graph.Add(new Tanh(), c.Graph.Add(new Add(), c.Graph.Add(new Multiply(), x, within.Last[0]), c.Graph.WeightedSumOverTime(S, within.States[0])))];
            }).Last[0];
        },
        ["slope of a recurrence by its initial state"] = c =>
        {
            var initial = c.Input(2);
            var slope = Autodiff.Derivative(c.Graph, c.Graph.Sum(Rnn(c, initial: initial).Last, [0]), initial);
            return c.Graph.Add(new Square(), slope);
        },
        ["slope of a recurrence by its steps"] = c =>
        {
            var x = c.Input(T, 2);
            var (states, last) = c.Graph.Rnn("rnn", T, x, c.Input(2), Weights(c, 1, 2, 2), new Tanh());
            var y = c.Graph.Sum(c.Graph.Add(new Multiply(), c.Graph.WeightedSumOverTime(T, states[0]), last[0]), [0]);
            return c.Graph.WeightedSumOverTime(T, c.Graph.Add(new Square(), Autodiff.Derivative(c.Graph, y, x)));
        },
    };

    public static IEnumerable<object[]> All => Cases.Keys.Select(name => new object[] { name });

    /// <summary>Those that no sample of a batch takes part in but its own.</summary>
    public static IEnumerable<object[]> Apart => All.Where(name => !name.Contains("rows summed by number"));

    [Theory, MemberData(nameof(All))]
    public void The_derivatives_are_the_central_differences(string name)
    {
        var check = Check();
        check.Run(Cases[name](check), 3, name, 1e-5);
    }

    private static Node[] Weights(GradientCheck check, int gates, int inputs, int units, string prefix = "") =>
    [
        check.Parameter(prefix + "weight_ih", gates * units, inputs), check.Parameter(prefix + "weight_hh", gates * units, units),
        check.Parameter(prefix + "bias_ih", gates * units), check.Parameter(prefix + "bias_hh", gates * units),
    ];

    private static (Node States, Node Last) Rnn(GradientCheck check, bool backward = false, Node? initial = null)
    {
        var (states, last) = check.Graph.Rnn("rnn", T, check.Input(T, 3), initial ?? check.Input(2), Weights(check, 1, 3, 2), new Tanh(), backward);
        return (states[0], last[0]);
    }

    /// <summary>Each step of the outer loop runs over all steps of the inner one, from a start of its own.</summary>
    private static Node Nested(GradientCheck check, bool backward)
    {
        var graph = check.Graph;
        var (x, inner, start, weights, outer) = (check.Input(T, 2), check.Input(S, 3), check.Input(2), Weights(check, 1, 3, 2), Weights(check, 1, 2, 2, "outer."));
        var own = graph.Affine(inner, weights[0], weights[2]);
        var (states, last) = graph.Scan("outer", T, [check.Input(2)], h =>
        {
            var within = graph.Scan("inner", S, [start], state => [graph.Add(new Tanh(), graph.Add(new Add(), graph.Add(new Add(), graph.Affine(state[0], weights[1], weights[3]), h[0]), own))], backward, T);
            return [graph.Add(new Tanh(), graph.Add(new Add(), graph.Affine(graph.Add(new Add(), x, within.Last[0]), outer[0], outer[2]), graph.Affine(h[0], outer[1], outer[3])))];
        });
        return graph.Add(new Multiply(), graph.WeightedSumOverTime(T, states[0]), last[0]);
    }
}
