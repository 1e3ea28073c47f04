namespace Kiln.GpuBenchmark;

/// <summary>Whether training on the device gives the bits of the CPU. What is wrong need not be timed.</summary>
internal static class Correctness
{
    private sealed record Case(string Name, int Steps, int Batch, int SmallBatch, Func<int, Device?, Learner> Create);

    private static readonly Case[] Cases =
    [
        new("mlp", 20, 64, 16, Learner.Mlp),
        new("lenet", 20, 64, 16, Learner.LeNet),
        new("resnet20", 2, 64, 4, Learner.ResNet),
    ];

    /// <summary>Prints a line for each network; false where one differs.</summary>
    /// <param name="device">Where they learn besides the CPU.</param>
    /// <param name="names">Which, a part of whose names begins a row's; null means all.</param>
    /// <param name="quick">Small batches.</param>
    public static bool Holds(Device device, IReadOnlyCollection<string>? names, bool quick)
    {
        var right = true;
        foreach (var one in Cases)
        {
            if (names is not null && !names.Any(name => name.StartsWith(one.Name, StringComparison.Ordinal))) continue;
            var batch = quick ? one.SmallBatch : one.Batch;
            var difference = Difference(one, batch, device);
            Console.WriteLine($"{one.Name}, batch {batch}, {one.Steps} steps: {difference ?? "the bits of the CPU"}");
            right &= difference is null;
        }
        return right;
    }

    /// <summary>The first loss that differs, or else the parameters; null where all bits are the same.</summary>
    private static string? Difference(Case one, int batch, Device device)
    {
        using var expected = one.Create(batch, null);
        using var actual = one.Create(batch, device);
        for (var step = 1; step <= one.Steps; step++)
        {
            float wanted = expected.Learn(), found = actual.Learn();
            if (!Same(wanted, found)) return FormattableString.Invariant($"WRONG: the loss of step {step} is {found:R}, on the CPU {wanted:R}");
        }
        var wrong = expected.Parameters().Zip(actual.Parameters()).Select(pair => Describe(pair.First, pair.Second)).OfType<string>().ToArray();
        return wrong.Length == 0 ? null : $"WRONG: {string.Join("; ", wrong)}";
    }

    private static string? Describe((string Name, float[] Values) expected, (string Name, float[] Values) actual)
    {
        var pairs = expected.Values.Zip(actual.Values).Where(pair => !Same(pair.First, pair.Second)).ToArray();
        if (pairs.Length == 0) return null;
        var largest = pairs.Max(pair => MathF.Abs(pair.First - pair.Second));
        return FormattableString.Invariant($"{pairs.Length} of {expected.Values.Length} numbers of {expected.Name}, by {largest:G3} at most");
    }

    private static bool Same(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);
}
