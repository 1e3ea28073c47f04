using Kiln.Generators.Graph;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests;

/// <summary>Compiled kernels against the double-precision evaluator, on networks made by chance.</summary>
public class RandomNetworkTests
{
    private const int PerCompilation = 60;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Compiled_kernels_agree_with_the_reference(int group)
    {
        var networks = Enumerable.Range(group * PerCompilation, PerCompilation).Select(seed => new RandomNetwork(seed)).ToArray();
        var hosts = KernelHost.Compile([.. networks.Select(n => n.Network)]);
        var failures = new List<string>();
        for (var i = 0; i < networks.Length; i++)
        {
            var seed = group * PerCompilation + i;
            foreach (var program in networks[i].Network.Programs)
                if (Check(networks[i], hosts[i], program, rows: 1 + seed % 9 + (seed % 5 == 0 ? 15 : 0), seed) is { } failure) failures.Add($"network {seed}, {program.Name}: {failure}");
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {networks.Length}:\n{string.Join("\n", failures.Take(20))}");
    }

    private static string? Check(RandomNetwork network, KernelHost host, Program program, int rows, int seed)
    {
        var random = new Random(seed + 1000);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        var length = network.Shape.Aggregate(1, (a, b) => a * b);
        var x = Draw(rows * length);
        var labels = Enumerable.Range(0, rows).Select(_ => random.Next(5)).ToArray();
        var parameters = network.Network.Parameters.ToDictionary(p => p.Name, p => Draw(p.Length).Select(v => v * 0.6f).ToArray());

        var reference = new ReferenceEvaluator(rows);
        reference.Inputs[0] = [.. x.Select(v => (double)v)];
        reference.Inputs[1] = [.. labels.Select(v => (double)v)];
        foreach (var (name, values) in parameters) reference.Parameters[name] = [.. values.Select(v => (double)v)];

        var predictions = program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => program.Graph[o.Node].Type).ToArray();
        var outputLengths = predictions.Select(t => (t.Batched ? rows : 1) * t.Length).ToArray();
        var result = host.Run(program.Name, rows, program.Inputs.Count > 1 ? [x, labels] : [x], parameters, outputLengths, threads: 1 + seed % 3, seed: (ulong)seed);

        var expected = reference.Run(program.Graph);
        var number = 0;
        foreach (var output in program.Graph.Outputs.Where(o => o.Role == Role.Prediction))
        {
            var type = program.Graph[output.Node].Type;
            if (type.DType == DType.Int32) { number++; continue; }               // near ties may fall either way in float
            if (Compare(expected[output.Node], result.Outputs[number++]) is { } difference) return $"output {output.Name} {type}: {difference}";
        }
        if (program.Kind == ProgramKind.Predict) return null;

        var loss = program.Graph.Outputs.Single(o => o.Role == Role.Loss).Node;
        if (Compare([expected[loss].Average()], [result.Scalars[0]]) is { } wrong) return $"loss: {wrong}";
        var graph = Kiln.Generators.Passes.Pipeline.Run(program).Main;
        var gradients = reference.Outputs(graph, Role.Gradient);
        foreach (var (name, gradient) in gradients)
            if (Compare(gradient, result.Gradients[name]) is { } difference) return $"gradient of {name}: {difference}";
        var alone = host.Run(program.Name + "Loss", rows, program.Inputs.Count > 1 ? [x, labels] : [x], parameters, []);
        return alone.Scalars[0] == result.Scalars[0] && alone.Scalars[1] == result.Scalars[1] ? null : $"loss alone {alone.Scalars[0]}, with gradients {result.Scalars[0]}";
    }

    private static string? Compare(double[] expected, float[] actual)
    {
        if (expected.Length != actual.Length) return $"{expected.Length} elements expected, {actual.Length} came";
        var scale = Math.Max(1e-3, expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= 1e-4 * scale)) return $"[{i}] {expected[i]:G6} expected, {actual[i]:G6} came (scale {scale:G3})";
        return null;
    }
}
