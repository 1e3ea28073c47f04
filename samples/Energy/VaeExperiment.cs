using System.Diagnostics;
using Kiln.Data;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Energy;

/// <summary>Trains the auto-encoder with a code of 20 numbers, then one with a code of 2. The bound, the negative of the evidence's lower bound, is in nats for a digit.</summary>
internal static class VaeExperiment
{
    private const double Rate = 1e-3;

    public static async Task<Outcome> Run(Bench bench, int epochs, Action<string, Sheet> show)
    {
        Model.Check(bench);
        var table = new Table("numbers in the code", "epochs", "bound of test digits, nats", "of it reconstruction", "of it divergence", "minutes");
        var chart = new Chart("784-400-code-400-784 variational auto-encoder", new Scale("epochs"), new Scale("bound of test digits, nats"));
        var colour = 0;

        using (var net = new DigitVae(bench.Seed, batch: 256, bench.Threads))
        using (var training = net.Train(new Adam(Rate), Model.Batch, bench.Threads))
        {
            await Follow(DigitVae.Latent, training.Fit(bench.Train, epochs, new Told(DigitVae.Latent), bench.Test, cancellation: bench.Cancellation), () => training.EvaluateLearn(bench.Test.Images));
            show("samples", Samples(net));
            show("reconstructions", Reconstructions(net, bench.Test));
        }

        using (var net = new PlaneVae(bench.Seed, batch: 256, bench.Threads))
        using (var training = net.Train(new Adam(Rate), Model.Batch, bench.Threads))
        {
            await Follow(2, training.Fit(bench.Train, epochs, new Told(2), bench.Test, cancellation: bench.Cancellation), () => training.EvaluateLearn(bench.Test.Images));
            show("plane", Plane(net));
            return new(table, new Picture(2, chart, Codes(net, bench.Test)));
        }

        async Task Follow(int latent, Task<IReadOnlyList<TrainingProgress>> run, Func<(float Bound, float Reconstruction, float Divergence)> evaluate)
        {
            var clock = Stopwatch.StartNew();
            chart.Line($"code of {latent}", (await run).Select(epoch => ((double)epoch.Epoch, epoch.ValidationLoss!.Value)), colour++);
            var (bound, reconstruction, divergence) = evaluate();
            table.Add(latent, epochs, bound, reconstruction, divergence, clock.Elapsed.TotalMinutes);
        }
    }

    /// <summary>Digits from codes that are drawn.</summary>
    private static Sheet Samples(DigitVae net)
    {
        const int side = 12;
        var samples = new float[side * side * Sheet.Pixels];
        net.Sample(side * side, samples);
        return new Sheet(side, side).Grey(samples);
    }

    /// <summary>Test digits, and below each what becomes of it.</summary>
    private static Sheet Reconstructions(DigitVae net, ImageSet digits)
    {
        const int columns = 15, pairs = 3;
        var (sheet, rebuilt) = (new Sheet(columns, 2 * pairs), new float[columns * Sheet.Pixels]);
        for (var row = 0; row < pairs; row++)
        {
            var pixels = digits.Images.Slice(row * rebuilt.Length, rebuilt.Length);
            net.Rebuild(pixels, rebuilt);
            sheet.Grey([.. pixels.ToArray().Select(pixel => pixel > 127 ? 1f : 0)]).Grey(rebuilt);
        }
        return sheet;
    }

    /// <summary>Digits decoded from a grid over the plane. Between two neighbours in a row or a column lies the same share of a standard normal number.</summary>
    private static Sheet Plane(PlaneVae net)
    {
        const int side = 15;
        var (codes, painted) = (new float[side * side * 2], new float[side * side * Sheet.Pixels]);
        for (var i = 0; i < side * side; i++)
            (codes[2 * i], codes[2 * i + 1]) = (Normal.Quantile((i % side + 0.5) / side), -Normal.Quantile((i / side + 0.5) / side));
        net.Paint(codes, painted);
        return new Sheet(side, side).Grey(painted);
    }

    /// <summary>Where test digits are in the plane.</summary>
    private static Chart Codes(PlaneVae net, ImageSet digits)
    {
        const int shown = 2_000;
        var codes = new float[2 * digits.Count];
        net.Code(digits.Images, codes);
        var chart = new Chart("Means of the codes of test digits", new Scale("first number"), new Scale("second number"));
        for (var digit = 0; digit < digits.Classes; digit++)
        {
            var label = digit;
            chart.Points($"{digit}", Enumerable.Range(0, Math.Min(shown, digits.Count)).Where(i => digits.Labels[i] == label).Select(i => ((double)codes[2 * i], (double)codes[2 * i + 1])), digit);
        }
        return chart;
    }

    /// <summary>Says how each epoch went, on the thread of the training.</summary>
    private sealed class Told(int latent) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.IsEndOfEpoch) Bench.Say($"code of {latent}  epoch {value.Epoch}/{value.Epochs}  bound {value.Loss:F2}, of test digits {value.ValidationLoss:F2} nats");
        }
    }
}
