using System.Diagnostics;

namespace Kiln.Samples.Experiments;

/// <summary>
/// Trains a network on all training digits for a fixed number of epochs, from several seeds. Nothing is chosen by the test digits: what is reported is the error after the last epoch.
/// </summary>
/// <param name="bench">The digits and how much to do.</param>
/// <param name="title">The network and how it is trained.</param>
internal sealed class MnistBar(Bench bench, string title)
{
    private readonly Table _table = new("seed", "training loss, nats", "test error, %", "minutes");
    private readonly Chart _chart = new(title, new Scale("epochs"), new Scale("test error, %", Logarithmic: true));
    private readonly List<double> _errors = [];

    /// <summary>A cosine from the first step to the last, after half an epoch in which the rate rises.</summary>
    public static Schedule Cosine(int steps, int epochs) => Schedule.Cosine((long)steps * epochs).WarmUp(Math.Max(1, steps / 2));

    /// <summary>One training.</summary>
    /// <param name="seed">Of the network and of the order of the digits.</param>
    /// <param name="batch">Digits of a step.</param>
    /// <param name="epochs">How many.</param>
    /// <param name="step">Learns.</param>
    /// <param name="scores">Of digits.</param>
    public void Train(ulong seed, int batch, int epochs, DigitStep step, DigitScores scores)
    {
        var (clock, errors, last) = (Stopwatch.StartNew(), new List<double>(), 0.0);
        bench.Learn(bench.Train, batch, epochs, seed, step, (epoch, loss) =>
        {
            last = loss;
            errors.Add(Bench.Error(bench.Test, scores));
            Bench.Say($"seed {seed}  epoch {epoch}/{epochs}  loss {loss:F5}  test error {errors[^1]:F2}%");
            return true;
        });
        _errors.Add(errors[^1]);
        _table.Add(seed, last, errors[^1], clock.Elapsed.TotalMinutes);
        _chart.Line($"seed {seed}", errors.Select((error, i) => (i + 1.0, error)), _errors.Count - 1);
    }

    /// <summary>All trainings, with their mean.</summary>
    public Outcome Outcome()
    {
        if (_errors.Count > 1) _table.Add("mean", "", _errors.Average(), "");
        return new(_table, new Picture(1, _chart));
    }
}
