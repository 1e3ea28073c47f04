using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>What may be called while a Fit runs, and what it validates by.</summary>
public sealed class FitTurnsTests
{
    private static readonly float[] Images = Some.Numbers(41 * 784);
    private static readonly int[] Labels = Some.Classes(41, 10);

    /// <summary>The handler saves on another thread while the next epoch's steps run, or on the thread that trains.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_progress_handler_saves_without_ending_the_run(bool elsewhere)
    {
        var path = Path.GetTempFileName();
        try
        {
            using var net = new Mlp(seed: 1);
            using var training = net.Train(new Sgd(0.05, momentum: 0.9), batch: 4, threads: 1);
            var saves = new List<Task>();
            void Save(TrainingProgress progress)
            {
                if (!progress.IsEndOfEpoch) return;
                if (elsewhere) saves.Add(Task.Run(() => training.Save(path)));
                else training.Save(path);
            }
            var epochs = await training.Fit(Images, Labels, epochs: 12, progress: new Told(Save));
            await Task.WhenAll(saves);
            Assert.Equal(12, epochs.Count);
            Assert.Equal(132, training.Step);

            using var other = new Mlp(seed: 1);
            using var undisturbed = other.Train(new Sgd(0.05, momentum: 0.9), batch: 4, threads: 1);
            await undisturbed.Fit(Images, Labels, epochs: 12);
            Assert.Equal(other.Bits(), net.Bits());
            training.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A foreign step is refused by its own name; what only reads is answered between two steps, and the run is as if nothing had happened.</summary>
    [Fact]
    public async Task A_run_alone_makes_steps()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 4, threads: 1);
        var (refused, losses) = (new List<string>(), 0);
        var others = new List<Task>();
        void Disturb(TrainingProgress progress)
        {
            // On the thread that trains, and on another, which it waits for: the run is not over.
            Refuse();
            var done = new ManualResetEventSlim();
            others.Add(Task.Run(() =>
            {
                Refuse();
                done.Set();
                for (var i = 0; i < 20; i++)
                {
                    Assert.True(float.IsFinite(training.LearnLoss(Images, Labels)));
                    Assert.InRange(training.Accuracy(Images, Labels), 0, 1);
                    training.LearningRate = training.LearningRate;
                    Interlocked.Increment(ref losses);
                }
            }));
            done.Wait();
        }
        void Refuse()
        {
            foreach (var call in new Action[] { () => training.Learn(Images.AsSpan(0, 784), Labels.AsSpan(0, 1)), () => training.LearnGradients(Images.AsSpan(0, 784), Labels.AsSpan(0, 1)), training.ApplyLearn, () => training.Load("nothing") })
            {
                var error = Assert.Throws<InvalidOperationException>(call);
                Assert.Contains("a Fit of this training is under way", error.Message);
                lock (refused) refused.Add(error.Message.Split(':')[0]);
            }
        }
        var told = 0;
        await training.Fit(Images, Labels, epochs: 10, validation: (Images, Labels), progress: new Told(p =>
        {
            if (told++ < 8) Disturb(p);
        }));
        await Task.WhenAll(others);
        Assert.Equal(160, losses);
        Assert.Equal(["ApplyLearn", "Learn", "Load"], refused.Distinct().Order());
        Assert.Equal(64, refused.Count);
        Assert.Equal(110, training.Step);

        using var other = new Mlp(seed: 1);
        using var undisturbed = other.Train(new Sgd(0.05), batch: 4, threads: 1);
        await undisturbed.Fit(Images, Labels, epochs: 10);
        Assert.Equal(other.Bits(), net.Bits());
    }

    [Fact]
    public async Task Other_data_validate_by_loss_and_accuracy()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 7, threads: 1);
        var (others, classes) = (Some.Numbers(30 * 784), Some.Classes(30, 10));
        var epoch = Assert.Single(await training.Fit(Images, Labels, validation: (others, classes)));
        Assert.Equal(training.LearnLoss(others, classes), epoch.ValidationLoss!.Value);
        Assert.Equal(net.Accuracy(others, classes), epoch.Validation);
        Assert.Null(Assert.Single(await training.Fit(Images, Labels)).ValidationLoss);

        var short1 = await Assert.ThrowsAsync<ArgumentException>(() => training.Fit(Images, Labels, validation: (others, classes[1..])));
        Assert.Equal("validation.target", short1.ParamName);
        classes[29] = 10;
        var wrong = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => training.Fit(Images, Labels, validation: (others, classes)));
        Assert.Contains("validation.target[29] is 10", wrong.Message);
        Assert.Equal(12, training.Step);
    }

    [Fact]
    public void A_loss_takes_any_number_of_rows()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 7, threads: 2);
        using var whole = net.Train(new Sgd(0.05), batch: 41, threads: 1);
        var parts = Enumerable.Range(0, 6).Sum(i => (double)training.LearnLoss(Images.AsSpan(i * 7 * 784, Math.Min(7, 41 - i * 7) * 784), Labels.AsSpan(i * 7, Math.Min(7, 41 - i * 7))) * Math.Min(7, 41 - i * 7));
        Assert.Equal((float)(parts / 41), training.LearnLoss(Images, Labels));
        Assert.Equal(whole.LearnLoss(Images, Labels), training.LearnLoss(Images, Labels), 1e-5f);
    }

    [Fact]
    public async Task Epochs_are_counted_over_all_runs()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 16, threads: 1);
        var seen = new List<(int, int)>();
        for (var i = 0; i < 3; i++) seen.AddRange((await training.Fit(Images, Labels)).Select(e => (e.Epoch, e.Epochs)));
        seen.AddRange((await training.Fit(Images, Labels, epochs: 2)).Select(e => (e.Epoch, e.Epochs)));
        Assert.Equal([(1, 1), (2, 2), (3, 3), (4, 5), (5, 5)], seen);
    }
}
