namespace Kiln.GpuBenchmark;

/// <summary>Whether the device gives the bits of the CPU. What is wrong need not be timed.</summary>
internal static class Correctness
{
    private delegate IEnumerable<(string Name, float[] Values)> Results(Device? device, bool quick);

    /// <summary>How far an answer in TensorFloat32 may be from float32's, as a part of the largest: two operands in each of two products.</summary>
    private const float Near = 1 / 256f;

    /// <summary>By what the names of their rows begin with.</summary>
    private static readonly (string Name, Results Results)[] Cases =
    [
        ("mlp", (device, quick) => Learned(Learner.Mlp, quick ? 16 : 64, 20, device)),
        ("lenet", (device, quick) => Learned(Learner.LeNet, quick ? 16 : 64, 20, device)),
        ("resnet20", (device, quick) => Learned(Learner.ResNet, quick ? 4 : 64, 2, device)),
        ("product", (device, _) => Multiplied(device)),
    ];

    /// <summary>Prints a line for each network of these rows; false where one differs.</summary>
    public static bool Holds(IReadOnlyCollection<Row> rows, Device device, bool quick)
    {
        var right = true;
        foreach (var (name, results) in Cases)
        {
            if (!rows.Any(row => row.Name.StartsWith(name, StringComparison.Ordinal))) continue;
            var wrong = results(null, quick).Zip(results(device, quick)).Select(pair => Difference(pair.First, pair.Second)).OfType<string>().ToArray();
            Console.WriteLine($"{name}: {(wrong.Length == 0 ? "the bits of the CPU" : $"WRONG, {string.Join("; ", wrong)}")}");
            right &= wrong.Length == 0;
        }
        if (!rows.Any(row => row.Name.StartsWith("tf32", StringComparison.Ordinal))) return right;
        var distance = Distance(device);
        Console.WriteLine(FormattableString.Invariant($"tf32-product: {(distance <= Near ? "near float32" : "WRONG")}, {distance:G2} of the largest answer"));
        return right && distance <= Near;
    }

    /// <summary>The losses of some steps, and the parameters after them.</summary>
    private static (string Name, float[] Values)[] Learned(Func<int, Device?, Learner> create, int batch, int steps, Device? device)
    {
        using var learner = create(batch, device);
        var losses = new float[steps];
        for (var step = 0; step < steps; step++) losses[step] = learner.Learn();
        return [("losses", losses), .. learner.Parameters()];
    }

    private static (string Name, float[] Values)[] Multiplied(Device? device)
    {
        const int batch = 4096;
        using var network = new OneProduct(seed: 1, batch: batch, device: device);
        var answers = new float[batch * 16];
        network.Predict(Data.Rows(batch, 4096).Images, answers);
        return [("answers", answers)];
    }

    /// <summary>How far the product in TensorFloat32 is from that of the CPU in float32.</summary>
    private static float Distance(Device device)
    {
        const int batch = 256;
        var rows = Data.Rows(batch, 4096).Images;
        float[] exact = new float[batch * 16], rounded = new float[batch * 16];
        using var cpu = new OneProduct(seed: 1, batch: batch);
        using var network = new OneRoundedProduct(seed: 1, batch: batch, device: device);
        cpu.Predict(rows, exact);
        network.Predict(rows, rounded);
        return exact.Zip(rounded, (a, b) => float.Abs(a - b)).Max() / exact.Max(float.Abs);
    }

    private static string? Difference((string Name, float[] Values) expected, (string Name, float[] Values) actual)
    {
        var wrong = Enumerable.Range(0, expected.Values.Length).Where(i => !Same(expected.Values[i], actual.Values[i])).ToArray();
        if (wrong.Length == 0) return null;
        return FormattableString.Invariant($"{wrong.Length} of {expected.Values.Length} {expected.Name}: number {wrong[0]} is {actual.Values[wrong[0]]:R}, not {expected.Values[wrong[0]]:R}");
    }

    private static bool Same(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);
}
