using System.Diagnostics;

namespace Kiln.Samples.Experiments;

/// <summary>
/// Small batches take many cheap steps, large ones few exact steps that keep the processor busy. The rate grows with the batch up to a limit (Goyal et al. 2017).
/// The times are this machine's.
/// </summary>
internal static class Batches
{
    public static Outcome Run(Bench bench)
    {
        var digits = bench.FirstOfTrain(60_000);
        var epochs = bench.Some(5, 2);
        var seconds = bench.Some(10, 1);
        var table = new Table("batch", "rate", "time of an epoch, s", $"test error after {epochs} epochs, %", $"test error after {seconds} s, %");
        var chart = new Chart("784-256-128-10, SGD with momentum 0.9", new Scale("time of training, s", Logarithmic: true), new Scale("test error, %", Logarithmic: true));
        var number = 0;
        foreach (var batch in (int[])[8, 32, 128, 512, 2048])
        {
            if (batch > digits.Count) continue;
            var rate = Math.Min(0.02 * batch / 64, 0.2);
            using var net = new Batched(bench.Seed, batch: 256, bench.Threads);
            using var training = net.Train(new Sgd(rate, momentum: 0.9), batch, bench.Threads);
            var clock = new Stopwatch();
            var (errors, ofEpochs, inTime) = (new List<(double, double)>(), double.NaN, double.NaN);
            var ofEpoch = 0.0;
            bench.Learn(digits, batch, 1_000, (x, y) =>
            {
                clock.Start();
                var loss = training.Learn(x, y);
                clock.Stop();
                if (double.IsNaN(inTime) && clock.Elapsed.TotalSeconds >= seconds)
                    inTime = Bench.Error(bench.Test, net.Predict);
                return loss;
            }, (epoch, _) =>
            {
                errors.Add((clock.Elapsed.TotalSeconds, Bench.Error(bench.Test, net.Predict)));
                if (epoch == epochs)
                    (ofEpochs, ofEpoch) = (errors[^1].Item2, clock.Elapsed.TotalSeconds / epochs);
                return epoch < epochs || double.IsNaN(inTime);
            });
            table.Add(batch, rate, ofEpoch, ofEpochs, inTime);
            chart.Line($"batch {batch}", errors, number++, markers: true);
        }
        return new(table, new Picture(1, chart));
    }
}

[Network, Input(784, Bytes = true), Dense(256), Relu, Dense(128), Relu, Dense(10), CrossEntropy]
public sealed partial class Batched;
