using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;
using Kiln.Kernels;

namespace Networks.Tests;

/// <summary>Runs a program's kernels and the double-precision evaluator on the same numbers, made from a seed.</summary>
internal static class Comparison
{
    /// <returns>What differs, or null.</returns>
    public static string? Check(Network network, KernelHost host, Program program, int rows, int seed, int threads = 1)
    {
        var random = new Random(seed + 1000);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        var reference = new ReferenceEvaluator(rows);
        var inputs = new List<Array>();
        foreach (var input in program.Inputs)
        {
            var count = rows * input.Shape.Aggregate(1, (a, d) => a * d);
            Array values = input.Kind == InputKind.Labels ? Enumerable.Range(0, count).Select(_ => random.Next(input.Classes)).ToArray()
                : input.Bytes ? Enumerable.Range(0, count).Select(_ => (byte)random.Next(256)).ToArray() : Draw(count);
            inputs.Add(values);
            reference.Inputs[inputs.Count - 1] = values switch
            {
                float[] floats => [.. floats.Select(v => (double)v)],
                byte[] bytes => [.. bytes.Select(b => (double)((b - input.Mean) * input.Scale))],
                _ => [.. ((int[])values).Select(v => (double)v)],
            };
        }
        var parameters = network.Parameters.ToDictionary(p => p.Name, p => Draw(p.Length).Select(v => v * (p.Length > 1000 ? 0.1f : 0.6f)).Select(v => p.Name.EndsWith("running_var", StringComparison.Ordinal) ? v * v + 0.1f : v).ToArray());
        foreach (var (name, values) in parameters) reference.Parameters[name] = [.. values.Select(v => (double)v)];
        reference.Draw = draw => Draws(draw, rows, (ulong)seed);

        var predictions = program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => program.Graph[o.Node].Type).ToArray();
        var entry = program.Variant == 0 ? program.Name : $"{program.Name}{program.Variant + 1}";
        var result = host.Run(entry, rows, inputs, parameters, [.. predictions.Select(t => (t.Batched ? rows : 1) * t.Length)], threads, seed: (ulong)seed);

        var expected = reference.Run(program.Graph);
        var number = 0;
        foreach (var output in program.Graph.Outputs.Where(o => o.Role == Role.Prediction))
        {
            var type = program.Graph[output.Node].Type;
            var actual = result.Outputs[number++];
            if (type.DType == DType.Int32) continue;                             // near ties may fall either way in float
            if (Difference(expected[output.Node], actual) is { } difference) return $"output {output.Name} {type}: {difference}";
        }
        if (program.Kind == ProgramKind.Predict) return null;

        var scalars = program.Graph.Outputs.Where(o => o.Role is Role.Loss or Role.Monitor or Role.Metric).Select(o => expected[o.Node].Average()).ToArray();
        if (Difference(scalars, result.Scalars) is { } wrong) return $"loss and monitors: {wrong}";
        var main = Pipeline.Run(program).Main;
        expected = reference.Run(main);
        // A gradient that cancels, as a bias's before batch normalisation does, is measured by the largest one and by the terms of its sum.
        var largest = main.Outputs.Where(o => o.Role == Role.Gradient).SelectMany(o => expected[o.Node]).Select(Math.Abs).DefaultIfEmpty().Max();
        foreach (var output in main.Outputs)
        {
            var actual = output.Role switch { Role.Gradient => result.Gradients, Role.InputGradient => result.InputGradients, Role.Assign => result.Assigned, _ => null };
            if (actual is not null && Difference(expected[output.Node], actual[output.Name], Math.Max(0.03 * largest, 0.1 * Terms(main[output.Node]))) is { } difference) return $"{output.Role} of {output.Name}: {difference}";
        }
        // The largest of the sums over the batch, all terms taken as positive.
        double Terms(Node node) => node.Operator is BatchSum && expected[node.Inputs[0]] is var terms
            ? Enumerable.Range(0, node.Type.Length).Max(i => Enumerable.Range(0, rows).Sum(row => Math.Abs(terms[row * node.Type.Length + i]))) : 0;

        if (scalars.Length == 0) return null;
        var alone = host.Run(entry + "Loss", rows, inputs, parameters, [], seed: (ulong)seed);
        return alone.Scalars.SequenceEqual(result.Scalars) ? null : $"loss alone {string.Join(", ", alone.Scalars)}, with gradients {string.Join(", ", result.Scalars)}";
    }

    /// <summary>The bits of all that a program leaves, on numbers made from a seed.</summary>
    public static int[] Run(Network network, KernelHost host, Program program, int rows, int seed, int threads = 1)
    {
        var random = new Random(seed + 1000);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        var inputs = program.Inputs.Select(input =>
        {
            var count = rows * input.Shape.Aggregate(1, (a, d) => a * d);
            return input.Kind == InputKind.Labels ? Enumerable.Range(0, count).Select(_ => random.Next(input.Classes)).ToArray()
                : input.Bytes ? Enumerable.Range(0, count).Select(_ => (byte)random.Next(256)).ToArray() : (Array)Draw(count);
        }).ToArray();
        var parameters = network.Parameters.ToDictionary(p => p.Name, p => Draw(p.Length));
        var predictions = program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => program.Graph[o.Node].Type);
        var result = host.Run(program.Name, rows, inputs, parameters, [.. predictions.Select(t => (t.Batched ? rows : 1) * t.Length)], threads, seed: (ulong)seed);
        IEnumerable<float[]> all = [.. result.Outputs, .. result.Gradients.OrderBy(g => g.Key).Select(g => g.Value), .. result.InputGradients.Values, .. result.Assigned.Values, result.Scalars];
        return [.. all.SelectMany(values => values).Select(BitConverter.SingleToInt32Bits)];
    }

    /// <summary>The generator's own draws: the evaluator gets the same noise as the kernels.</summary>
    private static unsafe double[] Draws(RandomDraw draw, int rows, ulong seed)
    {
        var length = draw.Shape.Aggregate(1, (a, d) => a * d);
        var values = new double[(draw.Batched ? rows : 1) * length];
        var row = new float[(length + 15) / 16 * 16];
        for (var n = 0; n < values.Length / length; n++)
        {
            fixed (float* target = row)
                if (draw.Distribution == Distribution.Uniform) Philox.FillUniformRows(target, length, seed, Philox.StreamOf(draw.Stream), 0, draw.Batched ? (ulong)n : ulong.MaxValue);
                else Philox.FillNormalRows<V128>(target, length, seed, Philox.StreamOf(draw.Stream), 0, draw.Batched ? (ulong)n : ulong.MaxValue);
            for (var i = 0; i < length; i++) values[n * length + i] = row[i];
        }
        return values;
    }

    private static string? Difference(double[] expected, float[] actual, double least = 0)
    {
        if (expected.Length != actual.Length) return $"{expected.Length} elements expected, {actual.Length} came";
        var scale = Math.Max(Math.Max(1e-3, least), expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= 1e-4 * scale)) return $"[{i}] {expected[i]:G6} expected, {actual[i]:G6} came (scale {scale:G3})";
        return null;
    }
}
