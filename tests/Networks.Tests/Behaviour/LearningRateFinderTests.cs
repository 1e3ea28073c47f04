using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Which rate a training should begin with.</summary>
public sealed class LearningRateFinderTests
{
    private static readonly float[] Images = Some.Numbers(41 * 784);
    private static readonly int[] Labels = Some.Classes(41, 10);

    [Fact]
    public async Task Rates_rise_until_the_loss_runs_away_and_the_training_is_as_it_was()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.02, momentum: 0.9), batch: 16, threads: 1);
        await training.Fit(Images, Labels, epochs: 1);
        var before = net.AllParameters.Select(p => p.ToArray()).ToArray();

        var found = await LearningRateFinder.Run(training, options => training.Fit(Images, Labels, epochs: 1000, options: options), lowest: 1e-5, highest: 100, steps: 60);
        Assert.InRange(found.Points.Count, 10, 59);
        Assert.Equal(1e-5, found.Points[0].Rate);
        Assert.All(found.Points.Zip(found.Points.Skip(1)), pair => Assert.Equal(Math.Pow(1e7, 1.0 / 59), pair.Second.Rate / pair.First.Rate, 1e-9));
        Assert.InRange(found.Suggestion, 1e-4, 1);
        Assert.True(found.Points.Min(p => p.Loss) < 0.9 * found.Points[0].Loss);

        Assert.Equal((3, 1, 0.02), (training.Step, training.Epoch, training.LearningRate));
        Assert.Equal(before, net.AllParameters.Select(p => p.ToArray()));
        // And goes on as one that was never disturbed.
        using var other = new Mlp(seed: 1);
        using var undisturbed = other.Train(new Sgd(0.02, momentum: 0.9), batch: 16, threads: 1);
        await undisturbed.Fit(Images, Labels, epochs: 2);
        await training.Fit(Images, Labels, epochs: 1);
        Assert.All(net.AllParameters, p => Assert.Equal(other[p.Name].ToArray(), p.ToArray()));
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_ends_the_sweep_and_nothing_else()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.02), batch: 16, threads: 1);
        var found = await LearningRateFinder.Run(training, options => training.Fit(Images, Labels, epochs: 1000, options: options), lowest: 1e-6, highest: 1e18, steps: 10);
        Assert.InRange(found.Points.Count, 2, 9);
        Assert.Equal(0, training.Step);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.02), batch: 16, threads: 1);
        Task Fit(FitOptions options) => training.Fit(Images, Labels, epochs: 100, options: options);
        foreach (var wrong in new[] { 0, -1, double.NaN })
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>("lowest", () => LearningRateFinder.Run(training, Fit, lowest: wrong));
        foreach (var wrong in new[] { 1e-7, double.NaN, double.PositiveInfinity, 1e19 })
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>("highest", () => LearningRateFinder.Run(training, Fit, highest: wrong));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("steps", () => LearningRateFinder.Run(training, Fit, steps: 9));
        await Assert.ThrowsAsync<ArgumentException>("fit", () => LearningRateFinder.Run(training, _ => Task.CompletedTask));
        // What the caller's own code throws is the caller's, and the training is restored.
        await Assert.ThrowsAsync<InvalidDataException>(() => LearningRateFinder.Run(training, _ => throw new InvalidDataException()));
        Assert.Equal(0.02, training.LearningRate);
    }
}
