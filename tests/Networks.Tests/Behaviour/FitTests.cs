using System.Buffers;
using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>The ordinary loop.</summary>
public sealed class FitTests
{
    private static readonly float[] Images = Some.Numbers(41 * 784);
    private static readonly int[] Labels = Some.Classes(41, 10);

    [Fact]
    public async Task Epochs_are_reported_with_the_mean_loss_and_the_validation()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0), batch: 16, threads: 1);
        var told = new List<TrainingProgress>();
        var validations = 0;
        var epochs = await training.Fit(Images, Labels, epochs: 3, progress: new Told(told.Add), validation: () => ++validations / 4.0);
        Assert.Equal(3, validations);
        Assert.Equal([0.25, 0.5, 0.75], epochs.Select(e => e.Validation!.Value));
        Assert.Equal(epochs, told.Where(p => p.IsEndOfEpoch));
        Assert.All(epochs, e => Assert.Equal((3, 3, 3), (e.Epochs, e.Step, e.Steps)));
        Assert.Equal([1, 2, 3], epochs.Select(e => e.Epoch));
        Assert.All(epochs, e => Assert.True(e.SamplesPerSecond > 0));
        // Nothing moved: the mean over 16 + 16 + 9 samples is that over all 41.
        using var whole = net.Train(new Sgd(0), batch: 41, threads: 1);
        var expected = whole.LearnLoss(Images, Labels);
        Assert.All(epochs, e => Assert.Equal(expected, e.Loss, 1e-5));
        Assert.Equal(9, training.Step);
    }

    [Fact]
    public async Task Every_sample_is_seen_once_an_epoch_in_another_order()
    {
        // Without momentum the sum of the updates of a linear loss does not depend on the order: so look at the losses.
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 16, threads: 1);
        var epochs = await training.Fit(Images, Labels, epochs: 30);
        Assert.True(epochs[^1].Loss < epochs[0].Loss / 4);
        Assert.True(net.Accuracy(Images, Labels) > 0.9);
    }

    [Fact]
    public async Task Cancelled_in_mid_epoch_it_begins_that_epoch_again()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 4, threads: 1);
        using var source = new CancellationTokenSource();
        var step = 0;
        // Eleven steps an epoch: the fifth of the second is the last.
        var images = new WatchedMemory(Images, () =>
        {
            if (++step == 16) source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.Fit(images.Memory, Labels, epochs: 5, cancellation: source.Token));
        Assert.Equal(16, training.Step);

        using var other = new Mlp(seed: 1);
        using var same = other.Train(new Sgd(0.05), batch: 4, threads: 1);
        await same.Fit(Images, Labels, epochs: 1);
        var order = new BatchSampler(41, 4, seed: 1);
        order.Start(1);
        Steps(5);
        Assert.Equal(other.Bits(), net.Bits());
        await training.Fit(Images, Labels, epochs: 1);
        Steps(11);
        Assert.Equal(other.Bits(), net.Bits());
        Assert.Equal(27, training.Step);

        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
                same.Learn([.. order[i].ToArray().SelectMany(n => Images.Skip(n * 784).Take(784))], [.. order[i].ToArray().Select(n => Labels[n])]);
        }
    }

    [Fact]
    public async Task Cancelled_between_two_epochs_it_goes_on_with_the_next()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 4, threads: 1);
        using var source = new CancellationTokenSource();
        var calls = 0;
        var fit = training.Fit(Images, Labels, epochs: 5, validation: () =>
        {
            if (++calls == 2) source.Cancel();
            return 0;
        }, cancellation: source.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fit);
        Assert.True(fit.IsCanceled);
        Assert.Equal(22, training.Step);
        var twoEpochs = net.Bits();

        using var other = new Mlp(seed: 1);
        using var uninterrupted = other.Train(new Sgd(0.05), batch: 4, threads: 1);
        await uninterrupted.Fit(Images, Labels, epochs: 2);
        Assert.Equal(other.Bits(), twoEpochs);
        await uninterrupted.Fit(Images, Labels, epochs: 1);
        await training.Fit(Images, Labels, epochs: 1);
        Assert.Equal(other.Bits(), net.Bits());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.Fit(Images, Labels, cancellation: source.Token));
        Assert.Equal(33, training.Step);
    }

    [Fact]
    public async Task What_the_callers_own_code_throws_ends_it_and_is_passed_on()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 41, threads: 1);
        var mine = new TimeZoneNotFoundException();
        Assert.Same(mine, await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => training.Fit(Images, Labels, epochs: 3, validation: () => throw mine)));
        Assert.Same(mine, await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => training.Fit(Images, Labels, epochs: 3, new Told(_ => throw mine))));
        Assert.Equal(2, training.Step);
        await training.Fit(Images, Labels);

        using var other = new Mlp(seed: 1);
        using var undisturbed = other.Train(new Sgd(0.05), batch: 41, threads: 1);
        await undisturbed.Fit(Images, Labels, epochs: 3);
        Assert.Equal(other.Bits(), net.Bits());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Disposal_in_mid_epoch_ends_it(bool ofTheNetwork)
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 4, threads: 2);
        var step = 0;
        var images = new WatchedMemory(Images, () =>
        {
            if (++step != 7) return;
            if (ofTheNetwork) net.Dispose();
            else training.Dispose();
        });
        var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => training.Fit(images.Memory, Labels, epochs: 5));
        Assert.Equal(ofTheNetwork ? "Mlp" : "Training", error.ObjectName);
        Assert.Equal((7, 6), (step, training.Step));
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_ends_it_with_the_step_named()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 41, threads: 1);
        await training.Fit(Images, Labels, epochs: 2);
        var before = net.Bits();
        var bad = Images.ToArray();
        bad[5000] = float.NaN;
        var error = await Assert.ThrowsAsync<NonFiniteLossException>(() => training.Fit(bad, Labels, epochs: 2));
        Assert.Equal(("Learn", 2L), (error.Program, error.Step));
        Assert.Equal(before, net.Bits());
        await training.Fit(Images, Labels);
        Assert.Equal(3, training.Step);
    }

    [Fact]
    public async Task One_run_at_a_time()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 41, threads: 1);
        using var goOn = new ManualResetEventSlim();
        var first = training.Fit(Images, Labels, validation: () =>
        {
            goOn.Wait();
            return 1;
        });
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => training.Fit(Images, Labels));
        Assert.Contains("under way", error.Message);
        goOn.Set();
        Assert.Equal(1, (await first)[0].Validation);
        await training.Fit(Images, Labels);
        Assert.Equal(2, training.Step);
    }

    [Fact]
    public async Task Data_are_checked_before_the_first_step()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 8, threads: 1);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => training.Fit(Images, Labels, epochs: 0));
        await Assert.ThrowsAsync<ArgumentException>(() => training.Fit(Images, Labels.AsMemory(1)));
        await Assert.ThrowsAsync<ArgumentException>(() => training.Fit(Images.AsMemory(1), Labels));
        var wrong = Labels.ToArray();
        wrong[40] = 10;
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => training.Fit(Images, wrong));
        Assert.Contains("target[40] is 10", error.Message);
        Assert.Equal(0, training.Step);
    }
}

/// <summary>Progress told at once, on the thread that trains.</summary>
internal sealed class Told(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => report(value);
}

/// <summary>Memory that tells when it is looked at: once a step.</summary>
internal sealed class WatchedMemory(float[] values, Action looked) : MemoryManager<float>
{
    public override Memory<float> Memory => CreateMemory(values.Length);

    public override Span<float> GetSpan()
    {
        looked();
        return values;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
