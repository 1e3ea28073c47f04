using Xunit;

namespace Gpu.Tests;

/// <summary>Numbers for tests, and their comparison bit by bit.</summary>
internal static class Same
{
    /// <summary>Numbers between −1 and 1.</summary>
    public static float[] Random(int count, int seed = 1)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        foreach (ref var number in numbers.AsSpan()) number = random.NextSingle() * 2 - 1;
        return numbers;
    }

    /// <summary>A number that no kernel writes, to see what it leaves alone.</summary>
    public static float[] Untouched(int count)
    {
        var numbers = new float[count];
        numbers.AsSpan().Fill(12345);
        return numbers;
    }

    public static int Round16(int n) => (n + 15) / 16 * 16;

    /// <summary>Equal bits; NaNs are equal.</summary>
    public static void Bits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]) && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, on the CPU {expected[i]:R}");
    }
}
