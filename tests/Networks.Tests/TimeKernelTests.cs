using Kiln.Generators.Graph;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests;

/// <summary>Compiled kernels over time, on networks made by chance: against the double-precision evaluator, and a sample alone has the bits that it has in a batch.</summary>
public class TimeKernelTests
{
    internal const int PerCompilation = 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Kernels_agree_with_the_reference(int group)
    {
        var networks = Enumerable.Range(group * PerCompilation, PerCompilation).Select(seed => new RandomTimeNetwork(seed).Network).ToArray();
        var hosts = KernelHost.Compile(networks);
        var failures = new List<string>();
        for (var i = 0; i < networks.Length; i++)
        {
            var seed = group * PerCompilation + i;
            foreach (var program in networks[i].Programs)
            {
                var rows = Rows(seed);
                var time = TimeBatch.Drawn(program, rows, Longest(seed), seed);
                if (Comparison.Check(networks[i], hosts[i], program, rows, seed, threads: 1 + seed % 3, seed % 3 == 0 ? time.Padded(1 + seed % 2) : time) is { } failure) failures.Add($"network {seed}, {program.Name}, {rows} rows: {failure}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {networks.Length}:\n{string.Join("\n", failures.Take(20))}");
    }

    /// <summary>What is predicted for a sample does not depend on the others of its batch; but what is drawn does on its number.</summary>
    [Fact]
    public void A_sample_alone_and_in_a_batch()
    {
        var networks = Enumerable.Range(2000, 200).Select(seed => new RandomTimeNetwork(seed)).Where(n => !n.Kinds.Overlaps(["mean over the batch", "draw"])).Take(20).Select(n => n.Network).ToArray();
        var hosts = KernelHost.Compile(networks);
        for (var i = 0; i < networks.Length; i++)
        {
            var (program, rows) = (networks[i].Programs[0], Rows(i));
            var time = TimeBatch.Drawn(program, rows, Longest(i), i);
            var together = Predict(networks[i], hosts[i], program, rows, i, time);
            for (var row = 0; row < rows; row += 7)
                Assert.True(together[row].SequenceEqual(Predict(networks[i], hosts[i], program, rows, i, time, row)[0]), $"network {2000 + i}, row {row} of {rows}");
        }
    }

    /// <summary>The bits of what is predicted for each row of a batch, or for one row of it alone.</summary>
    private static int[][] Predict(Network network, KernelHost host, Program program, int rows, int seed, TimeBatch time, int? alone = null)
    {
        var (inputs, parameters, states) = Comparison.Fill(new ReferenceEvaluator(rows), network, program, rows, new Random(seed), time);
        if (alone is { } row)
        {
            var own = new TimeBatch([.. time.Lengths.Select(l => new[] { l[row] })], [.. time.Lengths.Select(l => l[row])]);
            inputs = [.. inputs.Select((values, i) =>
            {
                var part = Array.CreateInstance(values.GetType().GetElementType()!, own.StepsOf(program, program.Inputs[i].Time) * Elements(program.Inputs[i].Shape));
                Array.Copy(values, row * (values.Length / rows), part, 0, part.Length);
                return part;
            })];
            states = states.ToDictionary(s => s.Key, s => s.Value[(row * (s.Value.Length / rows))..((row + 1) * (s.Value.Length / rows))]);
            (rows, time) = (1, own);
        }
        var types = program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => program.Graph[o.Node].Type).ToArray();
        var outputs = host.Run(program.Name, rows, inputs, parameters, [.. types.Select(t => rows * time.StepsOf(program, t.Time) * t.Length)], time: time, states: states).Outputs;
        return [.. Enumerable.Range(0, rows).Select(n => outputs.Zip(types).SelectMany(o => Live(n, o.First, o.Second)).Select(BitConverter.SingleToInt32Bits).ToArray())];

        IEnumerable<float> Live(int n, float[] values, TensorType type) => values.Skip(n * (values.Length / rows)).Take(values.Length / rows)
            .Where((_, e) => time.IsLive(program, type.Time, n, e / type.Length));
    }

    private static int Elements(EquatableArray<int> shape) => shape.Aggregate(1, (n, size) => n * size);

    internal static int Rows(int seed) => 1 + seed * 7 % 40;

    internal static int Longest(int seed) => 1 + seed * 5 % 9;
}
