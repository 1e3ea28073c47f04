using System.Diagnostics;
using Kiln.Data;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Recurrent;

/// <summary>A step of training on dates and their answers; gives its loss.</summary>
internal delegate float DateStep(ReadOnlySpan<int> source, ReadOnlySpan<int> lengths, ReadOnlySpan<int> given, ReadOnlySpan<int> givenLengths, ReadOnlySpan<int> answers);

/// <summary>Scores of the token after each of the given ones.</summary>
internal delegate void DateScores(ReadOnlySpan<int> source, ReadOnlySpan<int> lengths, ReadOnlySpan<int> given, ReadOnlySpan<int> givenLengths, Span<float> scores);

/// <summary>Dates as people write them into one form, character by character, with and without attention.</summary>
internal static class Dates
{
    private const int Batch = 64, Epochs = 8;
    private const double Rate = 2e-3;

    public static Outcome Run(Bench bench)
    {
        var (perEpoch, epochs, tests) = (bench.Some(20_000, 128), bench.Some(Epochs, 1), bench.Some(2_000, 20));
        var (dates, formats) = (DateStrings.UnseenDates(tests, seed: 2), DateStrings.UnseenFormatsAndDates(tests, seed: 3));
        var steps = (perEpoch + Batch - 1L) / Batch * epochs;
        var table = new Table("network", "exact, unseen dates, %", "exact, unseen dates in unseen formats, %", "seconds");
        var chart = new Chart("Unseen dates", new Scale("epochs"), new Scale("exact, %", From: 0, To: 101));
        var charts = new List<Chart> { chart };

        if (bench.Wants("with attention"))
        {
            using var net = new AttentiveDates(bench.Seed, Batch, bench.Threads);
            using var training = net.Train(new Adam(Rate) { ClipNorm = 1, Schedule = Schedule.Cosine(steps) }, Batch, bench.Threads);
            Train("with attention", training.Learn, net.Scores, 0);
            charts.Add(AttentionMap.Of(net, formats.Take(20).MaxBy(date => date.Text.Length)));
        }
        if (bench.Wants("without attention"))
        {
            using var net = new PlainDates(bench.Seed, Batch, bench.Threads);
            using var training = net.Train(new Adam(Rate) { ClipNorm = 1, Schedule = Schedule.Cosine(steps) }, Batch, bench.Threads);
            Train("without attention", training.Learn, net.Scores, 1);
        }
        return new(table, new Picture(1, [.. charts]));

        void Train(string name, DateStep learn, DateScores scores, int colour)
        {
            var (known, unseen) = (new List<double>(), new List<double>());
            var translator = new DateTranslator(scores, Batch);
            var clock = Stopwatch.StartNew();
            for (var epoch = 1; epoch <= epochs; epoch++)
            {
                var train = DateStrings.ToSet(DateStrings.Training(perEpoch, unchecked((int)bench.Seed * 1_000 + epoch)));
                var loss = Epoch(bench, train, epoch, learn);
                known.Add(Exact(translator, dates[..Math.Min(tests, 500)]));
                unseen.Add(Exact(translator, formats[..Math.Min(tests, 500)]));
                Bench.Say(FormattableString.Invariant($"{name}  epoch {epoch}/{epochs}  loss {loss:F4}  exact {known[^1]:F1}%, in unseen formats {unseen[^1]:F1}%  {clock.Elapsed.TotalSeconds:F0} s"));
            }
            foreach (var (date, answer) in Wrong(translator, formats).Take(10)) Bench.Say($"{name}  '{date.Text}' is read as {answer}, and is {date.Answer}");
            var (onDates, onFormats) = (Exact(translator, dates), Exact(translator, formats));
            Bench.Say(FormattableString.Invariant($"{name}  exact on {tests:N0} unseen dates {onDates:F2}%, in unseen formats {onFormats:F2}%"));
            table.Add(name, onDates, onFormats, clock.Elapsed.TotalSeconds);
            chart.Line($"{name}, known formats", known.Select((share, i) => (i + 1.0, share)), colour, markers: true);
            chart.Line($"{name}, unseen formats", unseen.Select((share, i) => (i + 1.0, share)), colour, dashed: true, markers: true);
        }
    }

    private static double Epoch(Bench bench, SequenceSet train, int epoch, DateStep learn)
    {
        var sampler = new BatchSampler(train.Count, Batch, bench.Seed);
        sampler.Start(epoch);
        var rows = new SequenceRows(train, Batch);
        var (answers, given, lengths) = (new int[Batch * DateStrings.AnswerLength], new int[Batch * DateStrings.AnswerLength], new int[Batch]);
        var sum = 0.0;
        for (var batch = 0; batch < sampler.Batches; batch++)
        {
            bench.Cancellation.ThrowIfCancellationRequested();
            var samples = sampler[batch];
            var tokens = samples.Length * DateStrings.AnswerLength;
            rows.Take(samples);
            train.GatherLabels(samples, answers.AsSpan(0, tokens), lengths.AsSpan(0, samples.Length));
            DateStrings.DecoderInputs(answers.AsSpan(0, tokens), samples.Length, given.AsSpan(0, tokens));
            sum += learn(rows.Tokens, rows.Lengths, given.AsSpan(0, tokens), lengths.AsSpan(0, samples.Length), answers.AsSpan(0, tokens)) * samples.Length;
        }
        return sum / train.Count;
    }

    private static double Exact(DateTranslator translator, WrittenDate[] dates) => 100 - 100.0 * Wrong(translator, dates).Count() / dates.Length;

    /// <summary>The dates that are not exact, and what is read.</summary>
    private static IEnumerable<(WrittenDate Date, string Answer)> Wrong(DateTranslator translator, WrittenDate[] dates) =>
        dates.Zip(translator.Translate([.. dates.Select(d => d.Text)])).Where(pair => pair.First.Answer != pair.Second);
}
