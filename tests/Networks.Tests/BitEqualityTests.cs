using Kiln;
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
        Assert.Equal(MlpOnOneThread.Value, TrainMlp(threads)));

    [Theory, MemberData(nameof(Settings))]
    public void Hundred_steps_of_LeNet5(int bits, int threads) => AtWidth(bits, () =>
        Assert.Equal(LeNetOnOneThread.Value, TrainLeNet(threads)));

    [Theory, MemberData(nameof(Settings))]
    public void Hundred_steps_with_dropout_noise_and_second_derivatives(int bits, int threads) => AtWidth(bits, () =>
        Assert.Equal(EverythingOnOneThread.Value, TrainEverything(threads)));

    [Fact]
    public void A_sample_alone_and_in_a_batch()
    {
        using var net = new LeNet5(seed: 3, batch: 37);
        var images = Numbers(37 * 784, 5);
        var together = new float[37 * 10];
        net.Predict(images, together);
        for (var row = 0; row < 37; row++)
        {
            var alone = new float[10];
            net.Predict(images.AsSpan(row * 784, 784), alone);
            Assert.Equal(Bits(together.AsSpan(row * 10, 10)), Bits(alone));
        }
    }

    private static readonly Lazy<int[]> MlpOnOneThread = new(() => TrainMlp(1));
    private static readonly Lazy<int[]> LeNetOnOneThread = new(() => TrainLeNet(1));
    private static readonly Lazy<int[]> EverythingOnOneThread = new(() => TrainEverything(1));

    private static int[] TrainMlp(int threads)
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05, momentum: 0.9), batch: 61, threads: threads);
        var (images, labels) = (Numbers(61 * 784, 1), Classes(61, 10));
        for (var step = 0; step < 100; step++) training.Learn(images, labels);
        return Weights(net.AllParameters);
    }

    private static int[] TrainLeNet(int threads)
    {
        using var net = new LeNet5(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 37, threads: threads);
        var (images, labels) = (Numbers(37 * 784, 1), Classes(37, 10));
        for (var step = 0; step < 100; step++) training.Learn(images, labels);
        return Weights(net.AllParameters);
    }

    private static int[] TrainEverything(int threads)
    {
        using var net = new Everything(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 21, threads: threads);
        var (images, labels) = (Numbers(21 * 2 * 11 * 9, 1), Classes(21, 7));
        for (var step = 0; step < 100; step++) training.Learn(images, labels);
        return Weights(net.AllParameters);
    }

    private static int[] Weights(IEnumerable<ParameterView> parameters) => [.. parameters.SelectMany(p =>
    {
        var values = new float[p.Length];
        p.CopyTo(values);
        return Bits(values);
    })];

    private static int[] Bits(ReadOnlySpan<float> values)
    {
        var bits = new int[values.Length];
        for (var i = 0; i < bits.Length; i++) bits[i] = BitConverter.SingleToInt32Bits(values[i]);
        return bits;
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    private static int[] Classes(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i * 7 % classes)];

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
