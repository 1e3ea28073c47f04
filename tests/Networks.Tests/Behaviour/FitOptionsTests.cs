using Kiln;

namespace Networks.Tests.Behaviour;

/// <summary>Runs that save, and that end before their epochs are done.</summary>
public sealed class FitOptionsTests : IDisposable
{
    private static readonly float[] Images = Some.Numbers(41 * 784);
    private static readonly int[] Labels = Some.Classes(41, 10);

    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-options-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Six steps an epoch: seven, then five, then the rest are the same training as twelve and the rest.</summary>
    [Fact]
    public async Task A_run_that_a_limit_cut_short_is_continued()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Adam(1e-3), batch: 7, threads: 1);
        var first = await training.Fit(Images, Labels, epochs: 3, options: new FitOptions { MaxSteps = 7 });
        Assert.Equal([(1, 6), (2, 1)], first.Select(e => (e.Epoch, e.Step)));
        Assert.False(first[1].IsEndOfEpoch);
        var second = await training.Fit(Images, Labels, epochs: 3, options: new FitOptions { MaxSteps = 5 });
        Assert.Equal([(2, 6)], second.Select(e => (e.Epoch, e.Step)));
        Assert.Equal((12, 2), (training.Step, training.Epoch));
        await training.Fit(Images, Labels, epochs: 1);

        using var other = new Mlp(seed: 1);
        using var whole = other.Train(new Adam(1e-3), batch: 7, threads: 1);
        await whole.Fit(Images, Labels, epochs: 3);
        Assert.Equal(other.Bits(), net.Bits());

        // A limit of time that has passed at the first step.
        var one = await training.Fit(Images, Labels, epochs: 3, options: new FitOptions { MaxTime = TimeSpan.FromTicks(1) });
        Assert.True(one.Count == 0 || one.Single().Step == 1);
        Assert.InRange(training.Step, 18, 19);
    }

    [Fact]
    public async Task It_stops_when_it_has_stopped_getting_better_and_keeps_the_best()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 7, threads: 1);
        double[] figures = [3, 2, 2.5, 1, 1, 1.5, 0];
        var bits = new List<byte[]>();
        var stopping = new EarlyStopping(patience: 1, figure: epoch =>
        {
            bits.Add([.. net.AllParameters.SelectMany(p => p.ToArray()).SelectMany(BitConverter.GetBytes)]);
            return figures[epoch.Epoch - 1];
        });
        var epochs = await training.Fit(Images, Labels, epochs: 7, options: new FitOptions { EarlyStopping = stopping });
        Assert.Equal(6, epochs.Count);
        Assert.Equal((1, 4, true), (stopping.Best, stopping.BestEpoch, stopping.HasStopped));
        Assert.Equal(bits[3], net.AllParameters.SelectMany(p => p.ToArray()).SelectMany(BitConverter.GetBytes));

        // Without the weights of the best; by the validation loss; anew in each run.
        var plain = new EarlyStopping(patience: 0) { RestoreBest = false };
        epochs = await training.Fit(Images, Labels, epochs: 3, validation: (Images, Labels), options: new FitOptions { EarlyStopping = plain });
        Assert.Equal((epochs.Min(e => e.ValidationLoss!.Value), false), (plain.Best, plain.HasStopped));
        Assert.Equal(9, plain.BestEpoch);
        var logits = new float[410];
        net.Predict(Images, logits);
        Assert.Equal(training.LearnLoss(Images, Labels), plain.Best, 1e-6);
    }

    /// <summary>The best epoch is the first one; the next run goes on from the last step all the same.</summary>
    [Fact]
    public async Task After_a_limit_the_weights_stay_where_the_next_run_goes_on()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 7, threads: 1);
        await training.Fit(Images, Labels, epochs: 3, options: new FitOptions { MaxSteps = 15, EarlyStopping = new EarlyStopping(patience: 9, figure: epoch => epoch.Epoch) });
        await training.Fit(Images, Labels, epochs: 1);

        using var other = new Mlp(seed: 1);
        using var whole = other.Train(new Sgd(0.05), batch: 7, threads: 1);
        await whole.Fit(Images, Labels, epochs: 3);
        Assert.Equal(other.Bits(), net.Bits());
    }

    [Fact]
    public async Task Checkpoints_are_written_and_the_newest_stay()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05, momentum: 0.9), batch: 7, threads: 1);
        Assert.Null(CheckpointFolder.Newest(_folder));
        Assert.Null(CheckpointFolder.Newest(Path.Combine(_folder, "none")));
        var folder = new CheckpointFolder(Path.Combine(_folder, "run")) { Keep = 2 };
        File.WriteAllText(Path.Combine(_folder, "step-999999999.txt"), "");
        await training.Fit(Images, Labels, epochs: 4, options: new FitOptions { Checkpoints = folder });
        Assert.Equal(["step-000000018.safetensors", "step-000000024.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(Path.Combine(folder.Path, "step-000000024.safetensors"), CheckpointFolder.Newest(folder.Path));

        // By steps, and so often that every step saves.
        var steps = new CheckpointFolder(Path.Combine(_folder, "steps")) { EverySteps = 4, Keep = 9 };
        await training.Fit(Images, Labels, epochs: 2, options: new FitOptions { Checkpoints = steps });
        Assert.Equal([28, 32, 36], Directory.GetFiles(steps.Path).Select(f => int.Parse(Path.GetFileName(f)[5..14])).Order());
        var always = new CheckpointFolder(Path.Combine(_folder, "time")) { Every = TimeSpan.FromTicks(1), Keep = 9 };
        await training.Fit(Images, Labels, epochs: 1, options: new FitOptions { Checkpoints = always });
        Assert.Equal(6, Directory.GetFiles(always.Path).Length);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_and_the_training_is_as_the_last_step_left_it()
    {
        using var net = new Mlp(seed: 1);
        using var training = net.Train(new Sgd(0.05), batch: 7, threads: 1);
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var error = await Assert.ThrowsAsync<CheckpointException>(() => training.Fit(Images, Labels, options: new FitOptions { Checkpoints = new CheckpointFolder(Path.Combine(file, "run")) }));
        Assert.Contains(file, error.Message);
        Assert.Equal(0, training.Step);

        // What is in the way of the third checkpoint leaves the first two.
        var folder = new CheckpointFolder(Path.Combine(_folder, "run")) { EverySteps = 2 };
        Directory.CreateDirectory(Path.Combine(folder.Path, "step-000000006.safetensors"));
        await Assert.ThrowsAsync<CheckpointException>(() => training.Fit(Images, Labels, epochs: 2, options: new FitOptions { Checkpoints = folder }));
        Assert.Equal(6, training.Step);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        using var other = new Mlp(seed: 1);
        using var undisturbed = other.Train(new Sgd(0.05), batch: 7, threads: 1);
        await undisturbed.Fit(Images, Labels);
        Assert.Equal(other.Bits(), net.Bits());
        training.Load(CheckpointFolder.Newest(folder.Path)!);
        Assert.Equal(4, training.Step);
        await training.Fit(Images, Labels);
        Assert.Equal(other.Bits(), net.Bits());
    }

    [Fact]
    public void Numbers_outside_their_range_are_refused_by_name()
    {
        Refused("MaxSteps", () => new FitOptions { MaxSteps = 0 });
        Refused("MaxTime", () => new FitOptions { MaxTime = TimeSpan.Zero });
        Refused("EverySteps", () => new CheckpointFolder("x") { EverySteps = -1 });
        Refused("Every", () => new CheckpointFolder("x") { Every = TimeSpan.FromSeconds(-1) });
        Refused("Keep", () => new CheckpointFolder("x") { Keep = 0 });
        Refused("patience", () => new EarlyStopping(-1));
        Refused("leastChange", () => new Plateau(1, double.NaN));
        Assert.Throws<ArgumentException>(() => new CheckpointFolder(""));

        static void Refused(string name, Func<object> call) => Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);
    }
}
