using Kiln.Kernels;
using Xunit;

namespace Kiln.Runtime.Tests;

public unsafe class PhiloxTests
{
    /// <summary>The known answers that come with Random123 (kat_vectors, philox4x32 10): counter, key, result.</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        uint[] words = [c0, c1, c2, c3];
        Philox.Rounds(words, k0, k1);
        Assert.Equal([r0, r1, r2, r3], words);
    }

    [Fact]
    public void The_counter_is_element_sample_step_stream_and_the_key_is_the_seed()
    {
        var row = stackalloc float[12];
        Philox.FillUniformRows(row, 12, 0x299f31d0_a4093822, 7, 0x13198a2e, 0x85a308d3);
        for (var element = 0u; element < 12; element++)
        {
            uint[] words = [element / 4, 0x85a308d3, 0x13198a2e, 7];
            Philox.Rounds(words, 0xa4093822, 0x299f31d0);
            Assert.Equal((words[element % 4] >> 8) / 16777216f, row[element]);
        }
    }

    [Theory]
    [InlineData(1, 0ul)]
    [InlineData(3, 16ul)]
    [InlineData(4, 48ul)]
    [InlineData(67, 0xFFFFFFF0ul)]
    [InlineData(130, 0xFFFFFFF8ul)]
    [InlineData(9, 0x5_00000010ul)]
    public void Rows_and_lanes_agree_at_every_width_and_write_nothing_else(int features, ulong firstSample)
    {
        Check<V512>(features, firstSample);
        Check<V256>(features, firstSample);
        Check<V128>(features, firstSample);
    }

    private static void Check<V>(int features, ulong firstSample) where V : struct, IVector<V>
    {
        const ulong Step = 0x1_00000003;
        var lanes = new float[features * 16 + 1];
        var row = new float[features + 1];
        var normal = false;
        do
        {
            lanes[^1] = row[^1] = 99;
            fixed (float* l = lanes, r = row)
            {
                if (normal) Philox.FillNormalLanes<V>(l, features, 5, 6, Step, firstSample);
                else Philox.FillUniformLanes<V>(l, features, 5, 6, Step, firstSample);
                for (var lane = 0; lane < 16; lane++)
                {
                    if (normal) Philox.FillNormalRows<V128>(r, features, 5, 6, Step, firstSample + (ulong)lane);
                    else Philox.FillUniformRows(r, features, 5, 6, Step, firstSample + (ulong)lane);
                    for (var i = 0; i < features; i++) Assert.Equal(row[i], lanes[i * 16 + lane]);
                }
            }

            Assert.Equal(99, lanes[^1]);
            Assert.Equal(99, row[^1]);
            normal = !normal;
        }
        while (normal);
    }

    [Fact]
    public void Every_argument_changes_the_numbers()
    {
        var seen = new HashSet<float>();
        var row = stackalloc float[1];
        (ulong Seed, uint Stream, ulong Step, ulong Sample)[] cases =
            [(1, 1, 1, 1), (2, 1, 1, 1), (1ul << 40, 1, 1, 1), (1, 2, 1, 1), (1, 1, 2, 1), (1, 1, 1, 2), (1, 1, 1 + (1ul << 32), 1), (1, 1, 1, 1 + (1ul << 32))];
        foreach (var (seed, stream, step, sample) in cases)
        {
            Philox.FillUniformRows(row, 1, seed, stream, step, sample);
            Assert.True(seen.Add(row[0]));
        }
    }

    [Fact]
    public void Uniform_numbers_are_uniform()
    {
        const int Count = 1 << 18;
        var x = new float[Count];
        fixed (float* p = x) Philox.FillUniformRows(p, Count, 42, 1, 0, 0);
        Assert.InRange(x.Min(), 0, 1e-4f);
        Assert.InRange(x.Max(), 1 - 1e-4f, 1 - 1f / 16777216);
        Assert.InRange(x.Average(v => (double)v), 0.498, 0.502);
        Assert.InRange(x.Average(v => (v - 0.5) * (v - 0.5)), 0.0828, 0.0838);

        // χ² of 256 cells, 255 degrees of freedom: deviation 22.6.
        var cells = new int[256];
        foreach (var v in x) cells[(int)(v * 256)]++;
        Assert.InRange(cells.Sum(c => Math.Pow(c - Count / 256.0, 2) / (Count / 256.0)), 170, 340);
        Assert.InRange(Correlation(x, 0.5, 1.0 / 12), -0.01, 0.01);
    }

    [Fact]
    public void Normal_numbers_are_normal()
    {
        const int Count = 1 << 18;
        var x = new float[Count];
        fixed (float* p = x) Philox.FillNormalRows<V256>(p, Count, 42, 1, 0, 0);
        Assert.All(x, v => Assert.True(float.IsFinite(v)));
        Assert.InRange(x.Average(v => (double)v), -0.01, 0.01);
        Assert.InRange(x.Average(v => (double)v * v), 0.99, 1.01);
        Assert.InRange(x.Average(v => Math.Pow(v, 3)), -0.03, 0.03);
        Assert.InRange(x.Average(v => Math.Pow(v, 4)), 2.93, 3.07);
        Assert.InRange(x.Count(v => Math.Abs(v) < 1) / (double)Count, 0.680, 0.686);
        Assert.InRange(Correlation(x, 0, 1), -0.01, 0.01);
    }

    [Fact]
    public void Streams_are_FNV_1a_hashes()
    {
        // FNV-1a of the bytes 61 00.
        Assert.Equal(unchecked((2166136261u ^ 0x61) * 16777619u * 16777619u), Philox.StreamOf("a"));
        Assert.Equal(2166136261u, Philox.StreamOf(""));
        Assert.NotEqual(Philox.StreamOf("conv1.weight"), Philox.StreamOf("conv2.weight"));
    }

    private static double Correlation(float[] x, double mean, double variance)
    {
        var sum = 0.0;
        for (var i = 1; i < x.Length; i++) sum += (x[i] - mean) * (x[i - 1] - mean);
        return sum / variance / (x.Length - 1);
    }
}
