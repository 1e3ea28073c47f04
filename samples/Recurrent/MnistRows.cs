using System.Diagnostics;
using Kiln.Data;
using Kiln.Metrics;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Recurrent;

/// <summary>Digits, row by row: the class is asked for after the last row, so the network must keep what it saw.</summary>
internal static class MnistRows
{
    private const int Side = 28, Classes = 10, Batch = 64;
    private const double Rate = 2e-3;

    /// <summary>Scores of the classes for some sequences.</summary>
    private delegate void Scores(ReadOnlySpan<float> rows, ReadOnlySpan<int> lengths, Span<float> scores);

    public static async Task<Outcome> Run(Bench bench)
    {
        var (train, test) = bench is { Quick: true, Data: null } ? DigitSets.Load(null, 400, 200) : DigitSets.Load(bench.Data);
        var (rows, testRows) = (ToSequences(train), ToSequences(test));
        var epochs = bench.Some(5, 1);
        var steps = (long)(rows.Count + Batch - 1) / Batch * epochs;
        var table = new Table("network", "parameters", "test accuracy, %", "seconds");
        var chart = new Chart("Digits row by row", new Scale("epochs"), new Scale("test error, %", Logarithmic: true));
        var colour = 0;

        if (bench.Wants("LSTM"))
        {
            using var net = new RowsLstm(bench.Seed, Batch, bench.Threads, Side);
            using var training = net.Train(Optimizer(), Batch, bench.Threads, time: Side);
            await Train("LSTM", net, report => training.Fit(rows, epochs, options: report, cancellation: bench.Cancellation), net.Predict);
        }
        if (bench.Wants("GRU"))
        {
            using var net = new RowsGru(bench.Seed, Batch, bench.Threads, Side);
            using var training = net.Train(Optimizer(), Batch, bench.Threads, time: Side);
            await Train("GRU", net, report => training.Fit(rows, epochs, options: report, cancellation: bench.Cancellation), net.Predict);
        }
        if (bench.Wants("RNN"))
        {
            using var net = new RowsRnn(bench.Seed, Batch, bench.Threads, Side);
            using var training = net.Train(Optimizer(), Batch, bench.Threads, time: Side);
            await Train("RNN", net, report => training.Fit(rows, epochs, options: report, cancellation: bench.Cancellation), net.Predict);
        }
        if (bench.Wants("bidirectional LSTM"))
        {
            using var net = new RowsBidirectional(bench.Seed, Batch, bench.Threads, Side);
            using var training = net.Train(Optimizer(), Batch, bench.Threads, time: Side);
            await Train("bidirectional LSTM", net, report => training.Fit(rows, epochs, options: report, cancellation: bench.Cancellation), net.Predict);
        }
        return new(table, new Picture(1, chart));

        Adam Optimizer() => new(Rate) { ClipNorm = 1, Schedule = Schedule.Cosine(steps) };

        async Task Train(string name, INetwork net, Func<FitOptions, Task> fit, Scores predict)
        {
            var errors = new List<double>();
            var clock = Stopwatch.StartNew();
            await fit(new FitOptions
            {
                Callbacks = [new AfterEpoch(progress =>
                {
                    errors.Add(100 - Accuracy(testRows, predict));
                    Bench.Say(FormattableString.Invariant($"{name}  epoch {progress.Epoch}/{epochs}  loss {progress.Loss:F4}  test accuracy {100 - errors[^1]:F2}%"));
                })],
            });
            table.Add(name, net.AllParameters.Sum(parameter => parameter.Length), 100 - errors[^1], clock.Elapsed.TotalSeconds);
            chart.Line(name, errors.Select((error, i) => (i + 1.0, error)), colour++, markers: true);
        }
    }

    /// <summary>Images as sequences of rows, pixels as numbers of about zero mean.</summary>
    private static SequenceSet ToSequences(ImageSet digits)
    {
        var values = new float[digits.Images.Length];
        for (var i = 0; i < values.Length; i++) values[i] = (digits.Images[i] - 33.3f) / 78.6f;
        var lengths = new int[digits.Count];
        Array.Fill(lengths, Side);
        return SequenceSet.OfFrames(values, lengths, Side).WithLabels(digits.Labels, Classes);
    }

    private static double Accuracy(SequenceSet test, Scores predict)
    {
        var (scores, labels) = (new float[test.Count * Classes], new int[test.Count]);
        var rows = new SequenceRows(test, Batch);
        for (var first = 0; first < test.Count; first += Batch)
        {
            rows.Take(first);
            predict(rows.Frames, rows.Lengths, scores.AsSpan(first * Classes, rows.Count * Classes));
        }
        for (var i = 0; i < labels.Length; i++) labels[i] = test.LabelsOf(i)[0];
        return 100 * Classification.Accuracy(scores, labels);
    }
}
