using System.Runtime.InteropServices;
using Kiln.Kernels;

namespace Networks.Tests;

/// <summary>The same seed gives the same bits: on any number of threads, at any vector width, for a sample alone or in company.</summary>
[Collection(nameof(Processor))]
public class BitEqualityTests
{
    public static TheoryData<int, int> Settings()
    {
        var data = new TheoryData<int, int>();
        foreach (var bits in new[] { 512, 256, 128 })
            foreach (var threads in new[] { 1, 2, 3 })
                if (bits <= Widest) data.Add(bits, threads);
        return data;
    }

    private static readonly int Widest = Processor.VectorBits;

    [Theory, MemberData(nameof(Settings))]
    public void Hundred_steps_of_an_mlp(int bits, int threads) => AtWidth(bits, () =>
        Assert.Equal(MlpOnOneThread.Value, Bits(nameof(Mlp), threads)));

    [Theory, MemberData(nameof(Settings))]
    public void Hundred_steps_of_LeNet5(int bits, int threads) => AtWidth(bits, () =>
        Assert.Equal(LeNetOnOneThread.Value, Bits(nameof(LeNet5), threads)));

    [Theory, MemberData(nameof(Settings))]
    public void Hundred_steps_with_dropout_noise_and_second_derivatives(int bits, int threads) => AtWidth(bits, () =>
        Assert.Equal(EverythingOnOneThread.Value, Bits(nameof(Everything), threads)));

    [Theory, MemberData(nameof(Settings))]
    public void Hundred_steps_with_every_window(int bits, int threads) => AtWidth(bits, () =>
        Assert.Equal(WindowsOnOneThread.Value, Bits(nameof(EveryWindow), threads)));

    [Fact]
    public void A_sample_alone_and_in_a_batch()
    {
        using var net = new LeNet5(seed: 3, batch: 37);
        var images = Trainings.Numbers(37 * 784, 5);
        var together = new float[37 * 10];
        net.Predict(images, together);
        for (var row = 0; row < 37; row++)
        {
            var alone = new float[10];
            net.Predict(images.AsSpan(row * 784, 784), alone);
            Assert.Equal(Bits(together.AsSpan(row * 10, 10)), Bits(alone));
        }
    }

    private static readonly Lazy<int[]> MlpOnOneThread = new(() => Bits(nameof(Mlp), 1));
    private static readonly Lazy<int[]> LeNetOnOneThread = new(() => Bits(nameof(LeNet5), 1));
    private static readonly Lazy<int[]> EverythingOnOneThread = new(() => Bits(nameof(Everything), 1));

    private static readonly Lazy<int[]> WindowsOnOneThread = new(() => Bits(nameof(EveryWindow), 1));

    private static int[] Bits(string network, int threads) => [.. Trainings.ByName(network, threads).All.SelectMany(figures => Bits(figures))];

    private static int[] Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, int>(values).ToArray();

    private static void AtWidth(int bits, Action action)
    {
        var before = Processor.VectorBits;
        try
        {
            Processor.VectorBits = bits;
            action();
        }
        finally
        {
            Processor.VectorBits = before;
        }
    }
}

/// <summary>Tests that switch the width run alone.</summary>
[CollectionDefinition(nameof(Processor), DisableParallelization = true)]
public class ProcessorCollection;
