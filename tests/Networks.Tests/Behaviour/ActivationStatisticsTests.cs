using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>A stack whose layers are watched, and the same one without that.</summary>
[Network(Activations = true), Input(1, 5, 5), Conv2D(3), Relu, Flatten, Dense(4), CrossEntropy]
public sealed partial class Watched;

[Network, Input(1, 5, 5), Conv2D(3), Relu, Flatten, Dense(4), CrossEntropy]
public sealed partial class Unwatched;

public sealed class ActivationStatisticsTests
{
    private static readonly float[] Images = Some.Numbers(41 * 25);
    private static readonly int[] Labels = Some.Classes(41, 4);

    [Fact]
    public async Task Fit_reports_norm_mean_and_zeros_of_each_layer()
    {
        using var net = new Watched(seed: 1);
        using var training = net.Train(new Sgd(0), batch: 16, threads: 1);
        var epochs = await training.Fit(Images, Labels, epochs: 1);

        var expected = Enumerable.Range(0, 41).Select(row => Layers(net, row)).ToArray();
        Assert.Equal(["conv1", "relu1", "flatten1", "dense1"], epochs[0].Activations.Select(a => a.Layer));
        for (var layer = 0; layer < 4; layer++)
        {
            var (actual, given) = (epochs[0].Activations[layer], expected.Select(layers => layers[layer]).ToArray());
            Assert.Equal(given.Average(y => Math.Sqrt(y.Sum(v => v * v))), actual.Norm, 1e-5);
            Assert.Equal(given.Average(y => y.Average()), actual.Mean, 1e-5);
            Assert.Equal(given.Average(y => y.Count(v => v == 0) / (double)y.Length), actual.Zeros, 1e-6);
        }
        Assert.InRange(epochs[0].Activations[1].Zeros, 0.1, 0.9);
    }

    [Fact]
    public async Task Weights_move_as_without_it()
    {
        using var net = new Watched(seed: 1);
        using var training = net.Train(new Adam(0.01), batch: 16, threads: 1);
        await training.Fit(Images, Labels, epochs: 2);
        using var other = new Unwatched(seed: 1);
        using var plain = other.Train(new Adam(0.01), batch: 16, threads: 1);
        var epochs = await plain.Fit(Images, Labels, epochs: 2);
        Assert.Equal(other.AllParameters.Select(p => p.ToArray()), net.AllParameters.Select(p => p.ToArray()));
        Assert.Empty(epochs[1].Activations);
    }

    /// <summary>What each layer gives for a row, in double precision.</summary>
    private static double[][] Layers(Watched net, int row)
    {
        double[] Values(string name) => [.. net.AllParameters.Single(p => p.Name == name).ToArray().Select(v => (double)v)];
        var (kernel, bias, weight, shift) = (Values("conv1.weight"), Values("conv1.bias"), Values("dense1.weight"), Values("dense1.bias"));
        var maps = new double[27];
        for (var i = 0; i < 27; i++)
        {
            var (channel, y, x) = (i / 9, i / 3 % 3, i % 3);
            maps[i] = bias[channel];
            for (var tap = 0; tap < 9; tap++) maps[i] += kernel[9 * channel + tap] * Images[25 * row + 5 * (y + tap / 3) + x + tap % 3];
        }
        var positive = maps.Select(v => Math.Max(v, 0)).ToArray();
        var scores = shift.Select((b, unit) => b + positive.Select((v, i) => v * weight[27 * unit + i]).Sum()).ToArray();
        return [maps, positive, positive, scores];
    }
}
