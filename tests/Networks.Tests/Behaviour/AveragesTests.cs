using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Running means of the weights, and sums of gradients, in a training.</summary>
public sealed class AveragesTests
{
    private static readonly float[] Images = Some.Numbers(41 * 784);
    private static readonly int[] Labels = Some.Classes(41, 10);

    private static float[][] Weights(Mlp net) => [.. net.AllParameters.Select(p => p.ToArray())];

    [Fact]
    public void Weights_and_means_change_places_and_back()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.1) { AverageDecay = 0.5 }, batch: 41, threads: 1);
        training.Learn(Images, Labels);
        var first = Weights(net);
        training.Learn(Images, Labels);
        var second = Weights(net);
        training.SwapAverages();
        for (var p = 0; p < first.Length; p++)
            Assert.All(first[p].Zip(second[p], net.AllParameters[p].ToArray()), t => Assert.Equal((t.First + (double)t.Second) / 2, t.Third, 1e-6));
        training.SwapAverages();
        Assert.Equal(second, Weights(net));
    }

    [Fact]
    public async Task Fit_validates_the_means_and_early_stopping_keeps_them()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.1) { AverageDecay = 0.9 }, batch: 16, threads: 1);
        var losses = new List<double>();
        var stopping = new EarlyStopping(patience: 10, figure: p => -p.Epoch);
        var epochs = await training.Fit(Images, Labels, validation: () => { losses.Add(training.LearnLoss(Images, Labels)); return 0; }, epochs: 3, options: new() { EarlyStopping = stopping });
        // The figure says that the last epoch is the best: the network has its means.
        Assert.Equal(3, stopping.BestEpoch);
        Assert.Equal(losses[^1], training.LearnLoss(Images, Labels));
        Assert.Equal(3, losses.Distinct().Count());
    }

    [Fact]
    public void Without_means_there_is_nothing_to_exchange()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.1), batch: 41, threads: 1);
        Assert.Contains("AverageDecay", Assert.Throws<InvalidOperationException>(training.SwapAverages).Message);
    }

    [Fact]
    public void A_training_saved_between_the_parts_of_a_step_goes_on_to_the_same_bits()
    {
        Optimizer Make() => new Adam(0.01) { Accumulate = 3, AverageDecay = 0.9, MaxNorm = 1, GradientNoise = new GradientNoise(0.01) };
        using var straight = new Mlp(seed: 1);
        using var whole = straight.Train(Make(), batch: 41, threads: 1);
        using var net = new Mlp(seed: 1);
        var path = Path.Combine(Path.GetTempPath(), $"{nameof(AveragesTests)}.{Guid.NewGuid():N}");
        try
        {
            using (var part = net.Train(Make(), batch: 41, threads: 1))
            {
                for (var step = 0; step < 4; step++) part.Learn(Images, Labels);
                part.Save(path);
            }
            using var rest = net.Train(Make(), batch: 41, threads: 1);
            rest.Load(path);
            for (var step = 4; step < 11; step++) rest.Learn(Images, Labels);
            for (var step = 0; step < 11; step++) whole.Learn(Images, Labels);
            Assert.Equal(Weights(straight), Weights(net));
            whole.SwapAverages();
            rest.SwapAverages();
            Assert.Equal(Weights(straight), Weights(net));
            // Another number of parts is another file.
            using var other = net.Train(new Adam(0.01), batch: 41, threads: 1);
            Assert.Throws<CheckpointException>(() => other.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
