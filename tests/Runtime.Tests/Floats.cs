using System.Runtime.InteropServices;
using Xunit;

namespace Kiln.Runtime.Tests;

/// <summary>Aligned memory for kernels under test, with a guard behind it that must stay untouched.</summary>
internal sealed unsafe class Floats : IDisposable
{
    private const int Guard = 64;
    private const float Untouched = 12345.675f;
    private readonly int length;

    public Floats(int length, int seed = 0, float fill = float.NaN)
    {
        this.length = length;
        Pointer = (float*)NativeMemory.AlignedAlloc((nuint)(length + Guard) * sizeof(float), 64);
        var random = new Random(seed);
        for (var i = 0; i < length; i++) Pointer[i] = seed == 0 ? fill : random.NextSingle() * 2 - 1;
        for (var i = length; i < length + Guard; i++) Pointer[i] = Untouched;
    }

    public float* Pointer { get; }

    public ref float this[int i] => ref Pointer[i];

    public static implicit operator float*(Floats floats) => floats.Pointer;

    public ReadOnlySpan<float> Span => new(Pointer, length);

    public void CheckGuard()
    {
        for (var i = length; i < length + Guard; i++) Assert.Equal(Untouched, Pointer[i]);
    }

    public void Dispose() => NativeMemory.AlignedFree(Pointer);
}

/// <summary>Layouts and arithmetic as the architecture words them, one element at a time.</summary>
internal static class Reference
{
    /// <summary>Where element (k, m) of a depth × columns matrix lies in Panels.</summary>
    public static int InPanels(int k, int m, int depth, int columns)
    {
        var panel = m & -32;
        return panel * depth + k * (columns - panel <= 16 ? 16 : 32) + (m - panel);
    }

    /// <summary>Floats of such a matrix.</summary>
    public static int PanelFloats(int depth, int columns) => depth * ((columns + 15) & -16);

    /// <summary>A segmented sum of products.</summary>
    public static float Sum(int terms, int segment, Func<int, float> a, Func<int, float> b)
    {
        var sum = 0f;
        for (var start = 0; start < terms; start += segment)
        {
            var chain = 0f;
            for (var i = start; i < Math.Min(terms, start + segment); i++) chain = MathF.FusedMultiplyAdd(a(i), b(i), chain);
            sum = start == 0 ? chain : sum + chain;
        }
        return sum;
    }

    public static void Same(float expected, float actual, string what) =>
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual), $"{what}: {expected:R} expected, {actual:R} came");
}
