using System.Globalization;
using Kiln;
using Kiln.Data;

namespace Networks.Tests.Behaviour;

/// <summary>Everything that a training draws or remembers: initial weights, order, dropout, augmentation, running statistics, moments, a schedule.</summary>
[Network, Input(1, 28, 28)]
[Conv2D(4, Kernel = 5, Stride = 2), BatchNorm, Relu, Flatten, Dropout(0.3), Dense(10), CrossEntropy]
public sealed partial class Killed
{
    private const int Epochs = 12;

    /// <summary>Trains from the newest checkpoint of the folder on, and saves the training to the result.</summary>
    public static void FitFrom(string folder, string result, Action began)
    {
        var digits = Digits.Generate(150, seed: 1);
        using var net = new Killed(seed: 4);
        using var training = net.Train(new Adam(2e-3) { Schedule = Schedule.Cosine(120).WarmUp(10) }, batch: 16, threads: 1);
        if (CheckpointFolder.Newest(folder) is { } path) training.Load(path);
        began();
        var options = new FitOptions { Checkpoints = new CheckpointFolder(folder) { EverySteps = 3, Keep = 2 } };
        if (Epochs > training.Epoch) training.Fit(digits, Epochs - training.Epoch, augmentation: new Augmentation().Shift(1.5).Noise(0.02), options: options).GetAwaiter().GetResult();
        training.Save(result);
    }
}

/// <summary>A process that is killed hard at any moment goes on from its newest checkpoint to the bits of one that was left alone.</summary>
public sealed class KilledFitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-killed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>How many times it is killed: 8, or as KILN_KILLS says.</summary>
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("KILN_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 8;

    [Fact]
    public void A_killed_process_goes_on_to_the_same_bits()
    {
        var expected = Path.Combine(_folder, "expected");
        Killed.FitFrom(Path.Combine(_folder, "undisturbed"), expected, () => { });
        Assert.Equal(["step-000000117.safetensors", "step-000000120.safetensors"], Names(Path.Combine(_folder, "undisturbed")));

        var random = new Random(7);
        for (int kills = 0, run = 0; kills < Kills; run++)
        {
            var (folder, result) = (Path.Combine(_folder, $"run{run}"), Path.Combine(_folder, $"result{run}"));
            var newest = 0L;
            while (!File.Exists(result) && kills < Kills)
            {
                Child.Kill(random.Next(120), "fit", folder, result);
                kills++;
                // None is lost, none is half written.
                var step = StepOf(folder);
                Assert.True(step >= newest, $"{step} after {newest}");
                newest = step;
            }
            Killed.FitFrom(folder, result, () => { });
            Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(result));
            Assert.Equal(["step-000000117.safetensors", "step-000000120.safetensors"], Names(folder));
        }
    }

    private static long StepOf(string folder)
    {
        if (CheckpointFolder.Newest(folder) is not { } path) return 0;
        using var net = new Killed();
        using var training = net.Train(new Adam(), batch: 16, threads: 1);
        training.Load(path);
        Assert.Equal($"step-{training.Step:D9}.safetensors", Path.GetFileName(path));
        return training.Step;
    }

    private static IEnumerable<string?> Names(string folder) => Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
