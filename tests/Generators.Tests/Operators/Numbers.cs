namespace Kiln.Generators.Tests.Operators;

/// <summary>Reproducible numbers for tests.</summary>
internal static class Numbers
{
    public static double[] Draw(int count, double low, double high, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => low + (high - low) * random.NextDouble())];
    }

    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"{what}: element {i} is {actual[i]:R}, {expected[i]:R} expected");
    }
}
