using System.Diagnostics;
using Kiln.Data;
using Kiln.Metrics;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Recurrent;

/// <summary>Strings of digits are read by connectionist temporal classification. Those of the training are made anew for each epoch; those of the test are made of digits that no training string has.</summary>
internal static class DigitReading
{
    private const int Batch = 32, BeamWidth = 10;
    private const double Rate = 3e-3;

    public static async Task<Outcome> Run(Bench bench)
    {
        var (digits, testDigits) = bench is { Quick: true, Data: null } ? DigitSets.Load(null, 400, 200) : DigitSets.Load(bench.Data);
        var (epochs, perEpoch) = (bench.Some(20, 1), bench.Some(10_000, 64));
        var test = DigitStrings.Make(testDigits, bench.Some(2_000, 8), seed: 1);
        var steps = (perEpoch + Batch - 1L) / Batch * epochs;
        var table = new Table("decoder", "label error rate, %", "strings with an error, %");
        var course = new Chart("Strings of digits", new Scale("epochs"), new Scale("label error rate, %", Logarithmic: true));
        var (errors, clock) = (new List<double>(), Stopwatch.StartNew());

        using var net = new DigitReader(bench.Seed, Batch, bench.Threads);
        using var training = net.Train(new Adam(Rate) { ClipNorm = 1, Schedule = Schedule.Cosine(steps).WarmUp(Math.Min(100, steps)) }, Batch, bench.Threads);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var strings = DigitStrings.Make(digits, perEpoch, unchecked((int)bench.Seed * 1_000 + epoch));
            var loss = (await training.Fit(strings, 1, cancellation: bench.Cancellation))[^1].Loss;
            errors.Add(100 * Read(net, test, Greedy).Value);
            Bench.Say(FormattableString.Invariant($"epoch {epoch}/{epochs}  loss {loss:F4}  label error rate {errors[^1]:F2}%  {clock.Elapsed.TotalSeconds:F0} s"));
        }
        Add("most probable path", Greedy);
        Add($"beam of {BeamWidth}", Beam);
        course.Line("test, most probable path", errors.Select((error, i) => (i + 1.0, error)), 0, markers: true);
        return new(table, new Picture(1, [course, .. DigitStringPicture.Of(net, test, 0)]));

        void Add(string name, Func<float[], int, int[]> decode)
        {
            var rate = Read(net, test, decode);
            table.Add(name, 100 * rate.Value, 100 * rate.SequenceErrorRate);
        }
    }

    /// <summary>The labels of the most probable path.</summary>
    internal static int[] Greedy(float[] scores, int steps)
    {
        var labels = new int[steps];
        return labels[..CtcDecoder.Greedy(scores, steps, DigitStrings.Classes, DigitStrings.Blank, labels)];
    }

    /// <summary>The most probable labels, all of the paths to them counted that the search has followed.</summary>
    internal static int[] Beam(float[] scores, int steps) => CtcDecoder.Beam(scores, steps, DigitStrings.Classes, DigitStrings.Blank, BeamWidth)[0].Labels;

    /// <summary>Reads all strings of a set.</summary>
    /// <param name="net">Reads them.</param>
    /// <param name="set">The strings.</param>
    /// <param name="decode">Labels from the scores of so many steps.</param>
    private static LabelErrorRate Read(DigitReader net, SequenceSet set, Func<float[], int, int[]> decode)
    {
        var (rate, rows) = (new LabelErrorRate(), new SequenceRows(set, Batch));
        for (var first = 0; first < set.Count; first += Batch)
        {
            rows.Take(first);
            var most = Steps(rows.Frames.Length / DigitStrings.Rows / rows.Count);
            var scores = new float[rows.Count * most * DigitStrings.Classes];
            net.Scores(rows.Frames, rows.Lengths, scores);
            for (var row = 0; row < rows.Count; row++)
            {
                var steps = Steps(rows.Lengths[row]);
                rate.Add(decode(scores.AsSpan(row * most * DigitStrings.Classes, steps * DigitStrings.Classes).ToArray(), steps), set.LabelsOf(first + row));
            }
        }
        return rate;
    }

    /// <summary>Steps of the answer about so many columns.</summary>
    internal static int Steps(int columns) => (columns + DigitReader.Stride - 1) / DigitReader.Stride;
}
