using System.Diagnostics;
using Kiln.Data;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Energy;

/// <summary>
/// Trains the machine by contrastive divergence, with one sweep, with twenty, and with chains that go on from step to step. The likelihood of such a machine cannot be computed; what is measured is how well the
/// hidden units' means rebuild a test digit, and whether its free energy is below that of the same pixels in disorder. Long chains show what the machine believes in.
/// </summary>
internal static class RbmExperiment
{
    private const double Rate = 0.02;

    /// <summary>Sweeps between the rows of the picture of chains.</summary>
    private static readonly int[] Shown = [0, 10, 100, 1_000, 5_000, 10_000];

    public static async Task<Outcome> Run(Bench bench, int epochs, Action<string, Sheet> show)
    {
        Model.Check(bench);
        var table = new Table("training", "epochs", "reconstruction of test digits, nats", "test digits below their shuffled pixels, %", "minutes");
        var chart = new Chart("784-500 restricted Boltzmann machine", new Scale("epochs"), new Scale("reconstruction of test digits, nats", Logarithmic: true));
        await Train("CD-1", "1", 0, (training, after) => training.FitOneSweep(bench.Train, epochs, options: After(after), cancellation: bench.Cancellation));
        await Train("CD-20", "20", 1, (training, after) => training.FitTwentySweeps(bench.Train, epochs, options: After(after), cancellation: bench.Cancellation));
        await Train("PCD-1", "persistent", 2, (training, after) => training.FitPersistent(bench.Train, epochs, options: After(after, keepStates: true), cancellation: bench.Cancellation));
        return new(table, new Picture(1, chart));

        async Task Train(string name, string file, int colour, Func<DigitRbm.Training, Action<int>, Task> fit)
        {
            var clock = Stopwatch.StartNew();
            using var net = new DigitRbm(bench.Seed, batch: 256, bench.Threads);
            net.Parameters.Machine.VisibleBias.CopyFrom(Odds(bench.Train));
            var optimizer = new Sgd(Rate, momentum: 0.5) { Schedule = Schedule.Polynomial((long)epochs * (bench.Train.Count / Model.Batch), 1, 0.01) };
            using var training = net.Train(Model.Batch, oneSweep: optimizer, twentySweeps: optimizer, persistent: optimizer, threads: bench.Threads);
            var figures = new List<double>();
            await fit(training, epoch =>
            {
                figures.Add(Measure(net, bench.Test).Reconstructions.Average());
                Bench.Say($"{name}  epoch {epoch}/{epochs}  test reconstruction {figures[^1]:F2} nats");
            });
            table.Add(name, epochs, figures[^1], 100 * ShareBelowShuffled(net, bench.Test), clock.Elapsed.TotalMinutes);
            chart.Line(name, figures.Select((nats, i) => (i + 1.0, nats)), colour);
            show($"filters-{file}", Filters(net));
            show($"chains-{file}", Chains(bench, net));
        }
    }

    private static FitOptions After(Action<int> epoch, bool keepStates = false) => new() { Callbacks = [new EachEpoch(epoch)], KeepStates = keepStates };

    /// <summary>
    /// The logarithm of each pixel's odds to be black. Where the visible biases begin with it, hidden units need not learn it (Hinton 2010, section 8).
    /// </summary>
    private static float[] Odds(ImageSet digits)
    {
        var black = new int[Sheet.Pixels];
        for (var i = 0; i < digits.Images.Length; i++) black[i % Sheet.Pixels] += digits.Images[i] > 127 ? 1 : 0;
        // As if one more digit had the pixel, and one more had not.
        return [.. black.Select(count => MathF.Log((count + 1f) / (digits.Count - count + 1f)))];
    }

    /// <summary>Free energies and cross-entropies of digits.</summary>
    private static (float[] FreeEnergies, float[] Reconstructions) Measure(DigitRbm net, ImageSet digits)
    {
        var measured = (new float[digits.Count], new float[digits.Count]);
        net.Measure(digits.Images, measured.Item1, measured.Item2);
        return measured;
    }

    /// <summary>The share of digits with a lower free energy than their pixels in another order, drawn anew for each.</summary>
    private static double ShareBelowShuffled(DigitRbm net, ImageSet digits)
    {
        var (random, pixels) = (new Random(1), digits.Images.ToArray());
        for (var i = 0; i < digits.Count; i++)
            random.Shuffle(pixels.AsSpan(i * Sheet.Pixels, Sheet.Pixels));
        var shuffled = new ImageSet(pixels, digits.Labels, digits.Channels, digits.Height, digits.Width, digits.Classes);
        return Measure(net, digits).FreeEnergies.Zip(Measure(net, shuffled).FreeEnergies).Average(pair => pair.First < pair.Second ? 1.0 : 0);
    }

    /// <summary>The weights of the first hundred hidden units.</summary>
    private static Sheet Filters(DigitRbm net)
    {
        const int side = 10;
        var weight = net.Parameters.Machine.Weight;
        var units = weight.Shape[1];
        var (values, filters) = (weight.ToArray(), new float[side * side * Sheet.Pixels]);
        for (var i = 0; i < filters.Length; i++)
            filters[i] = values[i % Sheet.Pixels * units + i / Sheet.Pixels];
        return new Sheet(side, side).Signed(filters);
    }

    /// <summary>Chains that begin with noise: the means of their pixels after ever more sweeps, a row each.</summary>
    private static Sheet Chains(Bench bench, DigitRbm net)
    {
        const int chains = 15, perCall = 10;
        var random = new Random(1);
        var pixels = Enumerable.Range(0, chains * Sheet.Pixels).Select(_ => (float)random.Next(2)).ToArray();
        var shown = Shown[..bench.Some(Shown.Length, 3)];
        var (sheet, next, means, sweeps) = (new Sheet(chains, shown.Length), new float[pixels.Length], pixels.ToArray(), 0);
        foreach (var until in shown)
        {
            for (; sweeps < until; sweeps += perCall)
            {
                bench.ThrowIfCancelled();
                net.Dream(pixels, next, means);
                (pixels, next) = (next, pixels);
            }
            sheet.Grey(means);
        }
        return sheet;
    }
}

/// <summary>Does something at the end of each epoch.</summary>
/// <param name="action">Gets the number of the epoch, from 1.</param>
internal sealed class EachEpoch(Action<int> action) : TrainingCallback
{
    public override void OnEpoch(TrainingProgress progress) => action(progress.Epoch);
}
