using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Code between the steps of a Fit.</summary>
public sealed class CallbackTests
{
    private static readonly float[] Images = Some.Numbers(41 * 784);
    private static readonly int[] Labels = Some.Classes(41, 10);

    [Fact]
    public async Task Calls_come_in_order_and_on_time()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 16, threads: 1);
        var log = new List<string>();
        var callback = new Scripted
        {
            Begin = plan => log.Add($"begin {plan.Network} {plan.Samples} {plan.Batch} {plan.FirstEpoch}-{plan.Epochs} {plan.Steps} {plan.Parameters.Count}"),
            Step = p => log.Add($"step {p.Epoch}.{p.Step}"),
            Epoch = p => log.Add($"epoch {p.Epoch} {p.ValidationLoss is not null}"),
            End = all => log.Add($"end {all.Count}"),
        };
        await training.Fit(Images, Labels, epochs: 1);
        var epochs = await training.Fit(Images, Labels, epochs: 2, validation: (Images, Labels), options: new() { Callbacks = [callback] });
        Assert.Equal(
            ["begin Mlp 41 16 2-3 3 " + net.AllParameters.Count, "step 2.1", "step 2.2", "step 2.3", "epoch 2 True", "step 3.1", "step 3.2", "step 3.3", "epoch 3 True", "end 2"], log);
        Assert.Equal(2, epochs.Count);
    }

    [Fact]
    public async Task What_it_throws_ends_the_fit_and_leaves_the_training_as_the_last_step_did()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 16, threads: 1);
        Exception? seen = null;
        var callback = new Scripted { Step = p => { if (p.Step == 2) throw new InvalidDataException("mine"); }, Failure = e => seen = e };
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => training.Fit(Images, Labels, epochs: 2, options: new() { Callbacks = [callback] }));
        Assert.Equal("mine", thrown.Message);
        Assert.Same(thrown, seen);
        Assert.Equal(2, training.Step);
        Assert.Equal(0, training.Epoch);
        await training.Fit(Images, Labels, epochs: 1);
        Assert.Equal(1, training.Epoch);
    }

    [Fact]
    public async Task It_can_stop_the_run_and_the_next_goes_on_there()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 16, threads: 1);
        var stopper = new Scripted();
        stopper.Step = p => { if (p is { Epoch: 2, Step: 1 }) stopper.StopNow(); };
        var epochs = await training.Fit(Images, Labels, epochs: 3, options: new() { Callbacks = [stopper] });
        Assert.Equal((2, 1, false), (epochs[^1].Epoch, epochs[^1].Step, epochs[^1].IsEndOfEpoch));
        stopper.Step = _ => { };
        await training.Fit(Images, Labels, epochs: 2, options: new() { Callbacks = [stopper] });

        using var straight = new Mlp(seed: 1);
        using var other = straight.Train(new Sgd(0.05), batch: 16, threads: 1);
        await other.Fit(Images, Labels, epochs: 3);
        Assert.Equal((other.Step, other.Epoch), (training.Step, training.Epoch));
        Assert.All(straight.AllParameters, p => Assert.Equal(p.ToArray(), net[p.Name].ToArray()));
    }

    [Fact]
    public async Task It_may_save_and_change_the_rate()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05) { Schedule = Schedule.Exponential(0.5) }, batch: 16, threads: 1);
        var rates = new List<double?>();
        var path = Path.GetTempFileName();
        try
        {
            var callback = new Scripted { Step = p => { rates.Add(p.LearningRate); if (p.Step == 2) training.LearningRate = 1; training.Save(path); } };
            await training.Fit(Images, Labels, epochs: 1, options: new() { Callbacks = [callback] });
            Assert.Equal([0.05, 0.025, 0.25], rates);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Norms_of_layers_are_computed_when_they_are_asked_for()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.5), batch: 16, threads: 1);
        var seen = new List<TrainingStatistics?>();
        await training.Fit(Images, Labels, epochs: 1, options: new() { StatisticsEvery = 2, Callbacks = [new Scripted { Step = p => seen.Add(p.Statistics) }] });
        Assert.Equal([1, 1, 3], seen.Select(s => s!.Step));
        var last = seen[^1]!;
        Assert.Equal(net.AllParameters.Select(p => p.Name), last.Parameters.Select(p => p.Name));
        foreach (var parameter in last.Parameters)
        {
            Assert.Equal(Norm(net[parameter.Name].ToArray()), parameter.WeightNorm, 1e-9);
            Assert.Equal(Norm(training.Gradients[parameter.Name].ToArray()), parameter.GradientNorm, 1e-9);
            // SGD's step is the gradient times the rate, up to the rounding of the sum.
            Assert.Equal(0.5 * parameter.GradientNorm, parameter.UpdateNorm, 1e-5 * parameter.WeightNorm + 1e-6);
        }
        var epochs = await training.Fit(Images, Labels);
        Assert.Null(epochs[0].Statistics);

        static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentNullException>("Callbacks", () => new FitOptions { Callbacks = null! });
        Assert.Throws<ArgumentNullException>("Callbacks", () => new FitOptions { Callbacks = [null!] });
        Assert.Throws<ArgumentOutOfRangeException>("StatisticsEvery", () => new FitOptions { StatisticsEvery = 0 });
    }

    private sealed class Scripted : TrainingCallback
    {
        public Action<TrainingPlan> Begin { get; set; } = _ => { };
        public Action<TrainingProgress> Step { get; set; } = _ => { };
        public Action<TrainingProgress> Epoch { get; set; } = _ => { };
        public Action<IReadOnlyList<TrainingProgress>> End { get; set; } = _ => { };
        public Action<Exception> Failure { get; set; } = _ => { };

        public void StopNow() => Stop();

        public override void OnBegin(TrainingPlan plan) => Begin(plan);
        public override void OnStep(TrainingProgress progress) => Step(progress);
        public override void OnEpoch(TrainingProgress progress) => Epoch(progress);
        public override void OnEnd(IReadOnlyList<TrainingProgress> epochs) => End(epochs);
        public override void OnFailure(Exception exception) => Failure(exception);
    }
}
