using System.Runtime.InteropServices;
using Kiln;
using Kiln.Kernels;

namespace Networks.Tests.Behaviour;

/// <summary>Batch normalisation of images and of features, as attributes.</summary>
[Network, Input(2, 5, 7)]
[Conv2D(5, Kernel = 3, Padding = Padding.Same, Bias = false), BatchNorm(Momentum = 0.3), Relu, MaxPool2D(2)]
[Flatten, Dense(11), BatchNorm(Epsilon = 1e-3, Affine = false), Tanh, Dense(4), CrossEntropy]
public sealed partial class NormalisedStack;

/// <summary>All words that normalise, and the smooth activations.</summary>
[Network, Input(2, 5, 7)]
[Conv2D(6, Kernel = 3, Padding = Padding.Same), InstanceNorm, ParametricRelu, LocalResponseNorm(3, Alpha = 0.5), GroupNorm(3), Gelu, SpatialDropout(0.2)]
[Flatten, LayerNorm, Dense(9), Selu, BatchNorm, Mish, Dense(7), Softsign, Gelu(Approximate = true), Dense(4), CrossEntropy]
public sealed partial class NormalisedDeep;

/// <summary>Two parts with statistics of their own, trained in turn; the generator's layer has nothing to train itself.</summary>
[Network]
public sealed partial class NormalisedGan
{
    static readonly Sequential Generator = new(new Dense(9), new BatchNorm { Affine = false }, new Relu(), new Dense(12));
    static readonly Sequential Critic = new(new Dense(7), new BatchNorm(), new LeakyRelu(0.2), new Dense(1));

    [Predict] static Tensor Paint([Shape(5)] Tensor noise) => Generator.Apply(noise);
    [Predict] static Tensor Score([Shape(12)] Tensor real) => Critic.Apply(real);

    [Learn(nameof(Critic))]
    static Loss Judge([Shape(12)] Tensor real, [Shape(5)] Tensor noise) =>
        (Critic.Apply(real).BinaryCrossEntropyWithLogits(1) + Critic.Apply(Mode.Inference(() => Generator.Apply(noise))).BinaryCrossEntropyWithLogits(0)).Sum();

    [Learn(nameof(Generator))]
    static Loss Fool([Shape(5)] Tensor noise) => Critic.Apply(Generator.Apply(noise)).BinaryCrossEntropyWithLogits(1).Sum();
}

/// <summary>One layer of features, to be followed by hand.</summary>
[Network]
public sealed partial class NormalisedFeatures
{
    [Shared] static Tensor Normal(Tensor x) => x.BatchNorm(momentum: 0.25);
    [Predict] static Tensor Values([Shape(3)] Tensor x) => Normal(x);
    [Learn] static Loss Fit([Shape(3)] Tensor x) => Normal(x).Square().Sum();
}

/// <summary>Running statistics are written by steps that succeed, saved with the network, and used by predictions.</summary>
[Collection(nameof(Processor))]
public sealed class BatchNormTests
{
    private static readonly float[] Batch = [1, 10, -3, 2, 14, -3, 4, 10, 0, 9, 18, 6];

    [Fact]
    public void A_step_moves_the_running_statistics_towards_those_of_the_batch()
    {
        using var net = new NormalisedFeatures(seed: 1);
        using var training = net.Train(new Sgd(0), batch: 7, threads: 1);
        var total = training.Fit(Batch);
        Near([0.25 * 4, 0.25 * 13, 0], net["normal.batchNorm1.running_mean"]);
        Near([0.75 + 0.25 * 38 / 3, 0.75 + 0.25 * 44 / 3, 0.75 + 0.25 * 54 / 3], net["normal.batchNorm1.running_var"]);
        Assert.Equal(3, total, 1e-4);          // Σ over features of the mean square of what has variance 1

        // What a prediction makes of it, whoever else is in the batch.
        float[] y = new float[3], mean = new float[3], variance = new float[3];
        net["normal.batchNorm1.running_mean"].CopyTo(mean);
        net["normal.batchNorm1.running_var"].CopyTo(variance);
        net.Values([5, 7, 9], y);
        Near([.. new[] { 5, 7, 9 }.Select((x, c) => (x - mean[c]) / Math.Sqrt(variance[c] + 1e-5))], y);
    }

    [Fact]
    public void One_row_of_features_is_normalised_by_the_running_statistics_which_stay()
    {
        using var net = new NormalisedFeatures(seed: 1);
        using var training = net.Train(new Sgd(0), batch: 4, threads: 1);
        training.Fit(Batch);
        var before = net.Bits();
        float[] y = new float[3];
        net.Values([5, 7, 9], y);
        var total = training.Fit([5, 7, 9]);
        Assert.Equal(before, net.Bits());
        Assert.Equal(y.Sum(v => v * v), total, 1e-4);
    }

    [Fact]
    public void A_failed_step_leaves_them_as_they_were()
    {
        using var net = new NormalisedStack(seed: 1);
        using var training = net.Train(new Adam(), batch: 4, threads: 1);
        var (x, labels) = (Some.Numbers(4 * 70), new[] { 0, 1, 2, 3 });
        training.Learn(x, labels);
        var before = net.Bits();
        Assert.All(new[] { "batchNorm1", "batchNorm2" }, layer => Assert.NotEqual(0, net[layer + ".running_mean"][0]));
        var bad = x.ToArray();
        bad[100] = float.NaN;
        Assert.ThrowsAny<NonFiniteException>(() => training.Learn(bad, labels));
        Assert.Equal(before, net.Bits());
    }

    [Fact]
    public void Only_a_program_that_trains_the_part_writes_its_statistics()
    {
        using var net = new NormalisedGan(seed: 1);
        using var training = net.Train(8, judge: new Sgd(0.1), fool: new Sgd(0.1), threads: 1);
        training.Judge(Some.Numbers(8 * 12), Some.Numbers(8 * 5));
        Assert.All(net["generator.1.running_mean"].ToArray(), m => Assert.Equal(0, m));
        Assert.Contains(net["critic.1.running_mean"].ToArray(), m => m != 0);
        var critic = net["critic.1.running_mean"].ToArray();
        training.Fool(Some.Numbers(8 * 5));
        Assert.Contains(net["generator.1.running_mean"].ToArray(), m => m != 0);
        Assert.Equal(critic, net["critic.1.running_mean"].ToArray());
    }

    [Fact]
    public void Checkpoints_keep_them()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var net = new NormalisedStack(seed: 1);
            using (var training = net.Train(new Adam(), batch: 6, threads: 1))
                for (var step = 0; step < 3; step++) training.Learn(Some.Numbers(6 * 70), [0, 1, 2, 3, 0, 1]);
            net.Save(path);
            using var other = NormalisedStack.Load(path);
            Assert.Equal(net.Bits(), other.Bits());
            Assert.NotEqual(0, other["batchNorm2.running_mean"][3]);
            float[] mine = new float[4], theirs = new float[4];
            net.Predict(Some.Numbers(70), mine);
            other.Predict(Some.Numbers(70), theirs);
            Assert.Equal(mine, theirs);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Dead rows of a block do not count, and neither width nor threads change a bit.</summary>
    [Fact]
    public void Width_threads_and_capacity_change_no_bit() => AreSame((batch, threads) =>
    {
        using var net = new NormalisedStack(seed: 5);
        using var training = net.Train(new Sgd(0.1), batch, threads: threads);
        return Trained(net, training.Learn, net.Predict);
    });

    [Fact]
    public void Nor_does_it_with_other_words_that_normalise() => AreSame((batch, threads) =>
    {
        using var net = new NormalisedDeep(seed: 5);
        using var training = net.Train(new Sgd(0.1), batch, threads: threads);
        return Trained(net, training.Learn, net.Predict);
    });

    private delegate float Learning(ReadOnlySpan<float> x, ReadOnlySpan<int> labels);

    private delegate void Prediction(ReadOnlySpan<float> x, Span<float> scores);

    private static int[] Trained(INetwork net, Learning learn, Prediction predict)
    {
        for (var step = 0; step < 4; step++) learn(Some.Numbers(37 * 70), [.. Enumerable.Range(0, 37).Select(i => i % 4)]);
        var scores = new float[37 * 4];
        predict(Some.Numbers(37 * 70), scores);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        return [.. net.Bits(), .. MemoryMarshal.Cast<float, int>(scores)];
    }

    private static void AreSame(Func<int, int, int[]> run)
    {
        var widest = Processor.VectorBits;
        int[]? first = null;
        foreach (var bits in new[] { 512, 256, 128 }.Where(bits => bits <= widest))
            foreach (var (threads, batch) in new[] { (1, 37), (2, 37), (3, 64) })
                try
                {
                    Processor.VectorBits = bits;
                    var all = run(batch, threads);
                    Assert.Equal(first ??= all, all);
                }
                finally
                {
                    Processor.VectorBits = widest;
                }
    }

    private static void Near(double[] expected, ParameterView actual) => Near(expected, actual.ToArray());

    private static void Near(double[] expected, float[] actual) => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
}
