using Xunit;

namespace Gpu.Tests;

/// <summary>Numbers to compute with, and comparisons of their bits.</summary>
internal static class Numbers
{
    /// <summary>Numbers of both signs; nothing is whole.</summary>
    public static float[] Some(int count, int seed = 1)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (var i = 0; i < count; i++) numbers[i] = (float)(random.NextDouble() * 4 - 2);
        return numbers;
    }

    /// <summary>What was not written is seen: numbers that no function gives.</summary>
    public static float[] Marks(int count)
    {
        var numbers = new float[count];
        Array.Fill(numbers, 12345.5f);
        return numbers;
    }

    public static int Round16(int n) => (n + 15) / 16 * 16;

    /// <summary>Equal bits; NaNs are equal.</summary>
    public static void AssertEqual(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]) && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
                Assert.Fail($"{what}[{i}] is {actual[i]:R}, on the CPU {expected[i]:R}");
    }
}
