using Kiln;

namespace Networks.Tests.Energy;

/// <summary>Rows that the tests give, and the model's samples out of the gradients.</summary>
internal static class Samples
{
    /// <summary>Zeros and ones.</summary>
    public static float[] Bits(int rows, int perRow, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * perRow).Select(_ => (float)random.Next(2))];
    }

    /// <summary>Row r has a one at r.</summary>
    public static float[] Numbers(int rows) => [.. Enumerable.Range(0, rows * rows).Select(i => i / rows == i % rows ? 1f : 0)];

    public static double[][] Rows(float[] values, int perRow) => [.. values.Select(v => (double)v).Chunk(perRow)];

    /// <summary>What the step of a parameter [rows, units] saw: zeros and ones.</summary>
    public static double[][] Seen(ParameterView gradient)
    {
        var rows = gradient.Shape[0];
        var seen = gradient.ToArray().Select(g => -(double)g * rows).ToArray();
        Assert.All(seen, v => Assert.Equal(Math.Round(v), v, 1e-6));
        Assert.All(seen, v => Assert.InRange(Math.Round(v), 0, 1));
        return [.. seen.Select(v => Math.Round(v)).Chunk(gradient.Shape[1])];
    }

    /// <summary>An update is the step down its gradient: that has the opposite sign.</summary>
    public static void IsStep(double[] direction, ParameterView gradient) => Close([.. direction.Select(d => -d)], gradient.ToArray());

    public static void Close(double[] expected, float[] actual, double tolerance = 2e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"element {i}: expected {expected[i]}, but it is {actual[i]}");
    }
}
