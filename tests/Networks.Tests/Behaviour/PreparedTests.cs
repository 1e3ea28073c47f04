using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Kernels in the form that predictions want follow every change of the weights.</summary>
public sealed class PreparedTests
{
    private const int Pixels = 32 * 16 * 16;

    [Fact]
    public void Predictions_follow_every_change_of_the_weights()
    {
        using var net = new Tiled(seed: 1, batch: 3);
        using var workspace = net.CreateWorkspace(batch: 2, threads: 2);
        using var training = net.Train(new Sgd(0.1), batch: 5);
        var (images, labels) = (Some.Numbers(5 * Pixels), Some.Classes(5, 4));
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            var last = Predicted();
            net.Save(path);
            Changes(() => net.Parameters.Conv1.Weight[7] += 0.5f);
            Changes(() => net.Parameters.Conv2.Weight.CopyFrom(Some.Numbers(32 * 32 * 9)));
            Changes(() => training.Learn(images, labels));
            Changes(() => net.LoadWeights(path));

            void Changes(Action change)
            {
                change();
                var now = Predicted();
                Assert.NotEqual(last, now);
                last = now;
            }
        }
        finally
        {
            File.Delete(path);
        }

        // What the network, another workspace and a new network with the same weights say.
        float[] Predicted()
        {
            var (logits, others, fresh) = (new float[20], new float[20], new float[20]);
            net.Predict(images, logits);
            workspace.Predict(images, others);
            var copy = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
            net.Save(copy);
            using (var same = Tiled.Load(copy)) same.Predict(images, fresh);
            File.Delete(copy);
            Assert.Equal(logits, others);
            Assert.Equal(logits, fresh);
            return logits;
        }
    }

    [Fact]
    public void Many_threads_prepare_once_and_agree()
    {
        using var net = new Tiled(seed: 2);
        var images = Some.Numbers(2 * Pixels);
        var expected = new float[8];
        using (var other = new Tiled(seed: 2)) other.Predict(images, expected);
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            using var workspace = net.CreateWorkspace(batch: 1, threads: 1 + i % 2);
            var logits = new float[8];
            workspace.Predict(images, logits);
            Assert.Equal(expected, logits);
        });
    }

    /// <summary>Not by Winograd's algorithm: the same to rounding.</summary>
    [Fact]
    public void The_sum_over_taps_gives_the_same_but_for_rounding()
    {
        using var tiled = new Tiled(seed: 3);
        using var taps = new Taps(seed: 3);
        var images = Some.Numbers(Pixels);
        var (logits, expected) = (new float[4], new float[4]);
        tiled.Predict(images, logits);
        taps.Predict(images, expected);
        Assert.NotEqual(expected, logits);
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], logits[i], 1e-5f * expected.Max(Math.Abs));
    }
}

/// <summary>Convolutions that Winograd's algorithm computes.</summary>
[Network, Input(32, 16, 16)]
[Conv2D(32, Padding = 1), Relu, Conv2D(32, Padding = 1), BatchNorm, Relu, GlobalAveragePool, Dense(4), CrossEntropy]
public sealed partial class Tiled;

/// <summary>The same, without it.</summary>
[Network(Winograd = false), Input(32, 16, 16)]
[Conv2D(32, Padding = 1), Relu, Conv2D(32, Padding = 1), BatchNorm, Relu, GlobalAveragePool, Dense(4), CrossEntropy]
public sealed partial class Taps;
