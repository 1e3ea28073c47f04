using Kiln.Generators.Graph;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests;

/// <summary>Networks over time made by chance, as the passes leave them: what is computed of a graph does not change with it, nor with the samples beside one.</summary>
public class RandomTimeNetworkTests
{
    private const int Networks = 60;

    [Fact]
    public void All_kinds_are_drawn() => Assert.Equal(
        [
            "attention", "concat", "constant over time", "ctc", "delay", "dense", "draw", "embedding", "every second step", "gru", "image", "input beside the state", "loop along an axis", "loop in a loop", "lstm", "maximum over time",
            "mean over the batch", "mean over time", "number of the step", "one-hot", "reverse", "rnn", "self-attention", "shift", "slice", "step", "sum so far",
        ], Enumerable.Range(0, Networks).SelectMany(seed => new RandomTimeNetwork(seed).Kinds).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Also with more steps than any sample has.</summary>
    [Fact]
    public void The_passes_change_no_value()
    {
        var failures = new List<string>();
        for (var seed = 0; seed < Networks; seed++)
        {
            var (network, rows) = (new RandomTimeNetwork(seed).Network, 1 + seed % 3);
            foreach (var program in network.Programs)
            {
                var time = TimeBatch.Drawn(program, rows, 1 + seed % 4, seed);
                var graphs = Pipeline.Run(program);
                var (plain, main) = (Evaluator(network, program, rows, time, seed).Run(program.Graph), Evaluator(network, program, rows, time.Padded(2), seed).Run(graphs.Main));
                foreach (var (output, optimised) in program.Graph.Outputs.Zip(graphs.Main.Outputs))
                {
                    var type = program.Graph[output.Node].Type;
                    if (type.Time.Count == 0 && !Close(plain[output.Node], main[optimised.Node])) failures.Add($"network {seed}, {program.Name}: {output}");
                }
                if (main.SelectMany(values => values).Any(v => !double.IsFinite(v))) failures.Add($"network {seed}, {program.Name}: not finite");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count}:\n{string.Join("\n", failures.Take(20))}");
    }

    private static bool Close(double[] expected, double[] actual) => expected.Length == actual.Length && expected.Zip(actual).All(v => Math.Abs(v.First - v.Second) <= 1e-5 * Math.Max(1, Math.Abs(v.First)));

    private static ReferenceEvaluator Evaluator(Network network, Program program, int rows, TimeBatch time, int seed)
    {
        var evaluator = new ReferenceEvaluator(rows);
        evaluator.Draw = draw => Comparison.Draws(draw, rows, time.StepsOf(program, draw.Time), (ulong)seed);
        Comparison.Fill(evaluator, network, program, rows, new Random(seed), time);
        return evaluator;
    }
}
