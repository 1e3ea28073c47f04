using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;
using Kiln.Kernels;

namespace Networks.Tests;

/// <summary>Runs a program's kernels and the double-precision evaluator on the same numbers, made from a seed.</summary>
internal static class Comparison
{
    /// <param name="time">The rows' lengths, of a program over time.</param>
    /// <returns>What differs, or null.</returns>
    public static string? Check(Network network, KernelHost host, Program program, int rows, int seed, int threads = 1, TimeBatch? time = null)
    {
        time ??= TimeBatch.None;
        var isRounded = network.Precision == Precision.TensorFloat32;
        var reference = new ReferenceEvaluator(rows) { Operand = isRounded ? value => TensorFloat32((float)value) : null };
        // An operand near the middle between two numbers may be rounded to either.
        var tolerance = isRounded ? 1e-3 : 1e-4;
        var (inputs, parameters, states) = Fill(reference, network, program, rows, new Random(seed + 1000), time);
        reference.Draw = draw => Draws(draw, rows, time.StepsOf(program, draw.Time), (ulong)seed);

        var entry = program.Variant == 0 ? program.Name : $"{program.Name}{program.Variant + 1}";
        var result = host.Run(entry, rows, inputs, parameters, OutputLengths(program, rows, time), threads, seed: (ulong)seed, time: time, states: states);

        var expected = reference.Run(program.Graph);
        var number = 0;
        var first = program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Take(1).SelectMany(o => expected[o.Node]).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        foreach (var output in program.Graph.Outputs.Where(o => o.Role == Role.Prediction))
        {
            var type = program.Graph[output.Node].Type;
            var actual = result.Outputs[number++];
            if (type.DType == DType.Int32) continue;                             // near ties may fall either way in float
            // A mean that cancels is measured by the values that it is one of.
            var terms = program.TimeAxes.Count > 0 && type.Time.Count == 0 ? 0.01 * first : 0;
            if (Difference(LiveOrZero(program, type, expected[output.Node], time), actual, tolerance, terms) is { } difference) return $"output {output.Name} {type}: {difference}";
        }
        foreach (var output in program.Graph.Outputs.Where(o => o.Role == Role.State))
            if (Difference(expected[output.Node], result.States[output.Name], tolerance) is { } difference) return $"state {output.Name}: {difference}";
        foreach (var output in program.Graph.Outputs.Where(o => o.Role == Role.SequenceState))
            if (SequenceDifference(program, output, expected, result.Sequences[output.Name], tolerance) is { } difference) return $"sequence state {output.Name}: {difference}";
        if (program.Kind == ProgramKind.Predict) return null;

        var scalars = program.Graph.Outputs.Where(o => o.Role is Role.Loss or Role.Monitor or Role.Metric).Select(o => expected[o.Node].Average()).ToArray();
        if (Difference(scalars, result.Scalars, tolerance) is { } wrong) return $"loss and monitors: {wrong}";
        var main = Pipeline.Run(program).Main;
        expected = reference.Run(main);
        // A gradient that cancels, as a bias's before batch normalisation does, is measured by the largest one and by the terms of its sum.
        var largest = main.Outputs.Where(o => o.Role == Role.Gradient).SelectMany(o => expected[o.Node]).Select(Math.Abs).DefaultIfEmpty().Max();
        foreach (var output in main.Outputs)
        {
            var actual = output.Role switch { Role.Gradient => result.Gradients, Role.InputGradient => result.InputGradients, Role.Assign => result.Assigned, _ => null };
            if (actual is not null && Difference(expected[output.Node], actual[output.Name], tolerance, Math.Max(0.03 * largest, 0.1 * Terms(main[output.Node]))) is { } difference) return $"{output.Role} of {output.Name}: {difference}";
        }
        // The largest of the sums over the batch, all terms taken as positive.
        double Terms(Node node)
        {
            if (node.Operator is not BatchSum) return 0;
            var sums = new double[node.Type.Length];
            var terms = expected[node.Inputs[0]];
            for (var i = 0; i < terms.Length; i++) sums[i % sums.Length] += Math.Abs(terms[i]);
            return sums.Max();
        }

        if (scalars.Length == 0) return null;
        var alone = host.Run(entry + "Loss", rows, inputs, parameters, [], seed: (ulong)seed, time: time, states: states);
        return alone.Scalars.SequenceEqual(result.Scalars) ? null : $"loss alone {string.Join(", ", alone.Scalars)}, with gradients {string.Join(", ", result.Scalars)}";
    }

    /// <summary>The live steps of each row.</summary>
    private static string? SequenceDifference(Program program, Output output, double[][] expected, float[][] actual, double tolerance)
    {
        var lengths = expected[program.Graph.Outputs.Single(o => o.Role == Role.SequenceLengths && o.Name == output.Name).Node];
        var perRow = expected[output.Node].Length / lengths.Length;
        return Difference([.. lengths.SelectMany((length, row) => expected[output.Node].Skip(row * perRow).Take((int)length * program.Graph[output.Node].Type.Length))], [.. actual.SelectMany(row => row)], tolerance);
    }

    /// <summary>The bits of all that a program leaves for live steps, on numbers made from a seed; the same numbers however many dead steps there are.</summary>
    public static int[] Run(Network network, KernelHost host, Program program, int rows, int seed, int threads = 1, TimeBatch? time = null)
    {
        time ??= TimeBatch.None;
        var random = new Random(seed + 1000);
        var inputs = Inputs(program, rows, random, time);
        var parameters = network.Parameters.ToDictionary(p => p.Name, p => Draw(random, p.Length));
        var states = network.States.ToDictionary(s => s.Name, s => Draw(random, rows * s.Length));
        var result = host.Run(program.Name, rows, inputs, parameters, OutputLengths(program, rows, time), threads, seed: (ulong)seed, time: time, states: states);
        var outputs = Predictions(program).Select((type, i) => result.Outputs[i].Where((_, e) => IsLive(program, type, e, time)).ToArray());
        IEnumerable<float[]> all = [.. outputs, .. result.Gradients.OrderBy(g => g.Key).Select(g => g.Value), .. result.InputGradients.Values, .. result.Assigned.Values, .. result.States.Values, .. result.Sequences.Values.SelectMany(rows => rows), result.Scalars];
        return [.. all.SelectMany(values => values).Select(BitConverter.SingleToInt32Bits)];
    }

    /// <summary>Gives the evaluator what the kernels get.</summary>
    public static (Array[] Inputs, Dictionary<string, float[]> Parameters, Dictionary<string, float[]> States) Fill(ReferenceEvaluator reference, Network network, Program program, int rows, Random random, TimeBatch time)
    {
        for (var axis = 0; axis < program.TimeAxes.Count; axis++) (reference.Lengths[program.TimeAxes[axis].Name], reference.Steps[program.TimeAxes[axis].Name]) = (time.Lengths[axis], time.Steps[axis]);
        var inputs = Inputs(program, rows, random, time);
        for (var i = 0; i < inputs.Length; i++)
        {
            var input = program.Inputs[i];
            reference.Inputs[i] = inputs[i] switch
            {
                float[] floats => [.. floats.Select(v => (double)v)],
                byte[] bytes => [.. bytes.Select(b => (double)((b - input.Mean) * input.Scale))],
                _ => [.. ((int[])inputs[i]).Select(v => (double)v)],
            };
        }
        var parameters = network.Parameters.ToDictionary(p => p.Name, p => Draw(random, p.Length).Select(v => v * (p.Length > 1000 ? 0.1f : 0.6f)).Select(v => p.Name.EndsWith("running_var", StringComparison.Ordinal) ? v * v + 0.1f : v).ToArray());
        foreach (var (name, values) in parameters) reference.Parameters[name] = [.. values.Select(v => (double)v)];
        var states = network.States.ToDictionary(s => s.Name, s => Draw(random, rows * s.Length));
        foreach (var (name, values) in states) reference.States[name] = [.. values.Select(v => (double)v)];
        return (inputs, parameters, states);
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];

    /// <summary>Numbers for every live step; at dead ones what nobody may read.</summary>
    private static Array[] Inputs(Program program, int rows, Random random, TimeBatch time) => [.. program.Inputs.Select(input =>
    {
        var (elements, steps) = (input.Shape.Aggregate(1, (a, d) => a * d), time.StepsOf(program, input.Time));
        var live = Enumerable.Range(0, rows * steps * elements).Select(e => time.IsLive(program, input.Time, e / (steps * elements), e / elements % steps)).ToArray();
        return input.Kind == InputKind.Labels ? live.Select(l => l ? random.Next(input.Classes) : -1).ToArray()
            : input.Bytes ? live.Select(l => l ? (byte)random.Next(256) : byte.MaxValue).ToArray()
            : (Array)live.Select(l => l ? (float)(random.NextDouble() * 2 - 1) : float.NaN).ToArray();
    })];

    private static IEnumerable<TensorType> Predictions(Program program) => program.Graph.Outputs.Where(o => o.Role == Role.Prediction).Select(o => program.Graph[o.Node].Type);

    private static int[] OutputLengths(Program program, int rows, TimeBatch time) => [.. Predictions(program).Select(t => (t.Batched ? rows : 1) * time.StepsOf(program, t.Time) * t.Length)];

    private static bool IsLive(Program program, TensorType type, int element, TimeBatch time) =>
        time.StepsOf(program, type.Time) is var steps && time.IsLive(program, type.Time, element / (steps * type.Length), element / type.Length % steps);

    /// <summary>Dead steps of an output are written as zeros.</summary>
    private static double[] LiveOrZero(Program program, TensorType type, double[] values, TimeBatch time) => [.. values.Select((v, e) => IsLive(program, type, e, time) ? v : 0)];

    /// <summary>The generator's own draws: the evaluator gets the same noise as the kernels.</summary>
    /// <summary>What the kernels draw; the steps of time of a sample have numbers of their own.</summary>
    public static unsafe double[] Draws(RandomDraw draw, int rows, int steps, ulong seed)
    {
        var length = draw.Shape.Aggregate(1, (a, d) => a * d);
        var values = new double[(draw.Batched ? rows * steps : 1) * length];
        var row = new float[(length + 15) / 16 * 16];
        for (var place = 0; place < values.Length / length; place++)
        {
            var sample = !draw.Batched ? ulong.MaxValue : (ulong)(place / steps) + (draw.Time.Count == 0 ? 0 : (ulong)(place % steps + 1) << 40);
            fixed (float* target = row)
                if (draw.Distribution == Distribution.Uniform) Philox.FillUniformRows(target, length, seed, Philox.StreamOf(draw.Stream), 0, sample);
                else Philox.FillNormalRows<V128>(target, length, seed, Philox.StreamOf(draw.Stream), 0, sample);
            for (var i = 0; i < length; i++) values[place * length + i] = row[i];
        }
        return values;
    }

    /// <summary>The nearest number with 10 bits of mantissa, ties away from zero.</summary>
    public static float TensorFloat32(float value)
    {
        if (value == 0 || !float.IsFinite(value)) return value;
        var unit = Math.ScaleB(1, Math.Max(Math.ILogB(value), -126) - 10);
        return (float)(Math.Round(value / unit, MidpointRounding.AwayFromZero) * unit);
    }

    private static string? Difference(double[] expected, float[] actual, double tolerance, double least = 0)
    {
        if (expected.Length != actual.Length) return $"{expected.Length} elements expected, {actual.Length} came";
        var scale = Math.Max(Math.Max(1e-3, least), expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * scale) && expected[i] != actual[i]) return $"[{i}] {expected[i]:G6} expected, {actual[i]:G6} came (scale {scale:G3})";
        return null;
    }
}
