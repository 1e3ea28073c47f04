using Kiln.Data;
using Kiln.Metrics;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Recurrent;

/// <summary>Where what counts was long ago: a simple recurrent network against long short-term memory, and the gradient of the loss with respect to the input of each step.</summary>
internal static class Lags
{
    private const int Batch = 32;

    private delegate float AddingStep(ReadOnlySpan<float> numbers, ReadOnlySpan<int> lengths, ReadOnlySpan<float> targets);

    private delegate void AddingAnswers(ReadOnlySpan<float> numbers, ReadOnlySpan<int> lengths, Span<float> sums);

    private delegate void AddingInfluence(ReadOnlySpan<float> numbers, ReadOnlySpan<int> lengths, ReadOnlySpan<float> targets, Span<float> gradients);

    private delegate void LagScores(ReadOnlySpan<int> text, ReadOnlySpan<int> lengths, Span<float> scores);

    private delegate void LagInfluence(ReadOnlySpan<int> text, ReadOnlySpan<int> lengths, ReadOnlySpan<int> labels, Span<float> gradients);

    /// <summary>The adding problem.</summary>
    public static Outcome Adding(Bench bench)
    {
        const int length = 50;
        var (train, targets) = AddingProblem.Make(bench.Some(10_000, 64), length, (int)bench.Seed);
        var (test, testTargets) = AddingProblem.Make(bench.Some(1_000, 64), length, (int)bench.Seed + 1);
        var epochs = bench.Some(10, 1);
        var steps = (train.Count + Batch - 1L) / Batch * epochs;
        var table = new Table("network", "mean squared error", $"right within {AddingProblem.Tolerance}, %", "gradient at the first step / at the last, before", "after");
        var gradients = GradientChart($"The adding problem, T = {length}");
        var errors = new Chart("Test error", new Scale("epochs"), new Scale("mean squared error", Logarithmic: true));

        if (bench.Wants("RNN"))
        {
            using var net = new AddingRnn(bench.Seed, Batch, bench.Threads);
            using var training = net.Train(Optimizer(), Batch, bench.Threads);
            Try("RNN", training.Learn, net.Sum, net.Influence, 1);
        }
        if (bench.Wants("LSTM"))
        {
            using var net = new AddingLstm(bench.Seed, Batch, bench.Threads);
            using var training = net.Train(Optimizer(), Batch, bench.Threads);
            Try("LSTM", training.Learn, net.Sum, net.Influence, 0);
        }
        return new(table, new Picture(1, gradients, errors));

        Adam Optimizer() => new(4e-3) { ClipNorm = 1, Schedule = Schedule.Cosine(steps) };

        void Try(string name, AddingStep learn, AddingAnswers answer, AddingInfluence influence, int colour)
        {
            var before = Norms();
            var course = new List<double>();
            for (var epoch = 1; epoch <= epochs; epoch++)
            {
                Epoch(epoch);
                course.Add(Regression.MeanSquaredError(Answers(), testTargets));
                Bench.Say(FormattableString.Invariant($"adding, {name}  epoch {epoch}/{epochs}  test error {course[^1]:F6}"));
            }
            var (after, answers) = (Norms(), Answers());
            table.Add(name, course[^1], 100 * answers.Zip(testTargets).Average(pair => Math.Abs(pair.First - pair.Second) < AddingProblem.Tolerance ? 1.0 : 0), before[^1] / before[0], after[^1] / after[0]);
            Draw(gradients, name, before, after, colour);
            errors.Line(name, course.Select((error, i) => (i + 1.0, error)), colour, markers: true);

            void Epoch(int epoch)
            {
                var sampler = new BatchSampler(train.Count, Batch, bench.Seed);
                sampler.Start(epoch);
                var rows = new SequenceRows(train, Batch);
                for (var batch = 0; batch < sampler.Batches; batch++)
                {
                    bench.Cancellation.ThrowIfCancellationRequested();
                    rows.Take(sampler[batch]);
                    learn(rows.Frames, rows.Lengths, Of(targets, sampler[batch]));
                }
            }

            float[] Answers()
            {
                var (rows, sums) = (new SequenceRows(test, Batch), new float[test.Count]);
                for (var first = 0; first < test.Count; first += Batch)
                {
                    rows.Take(first);
                    answer(rows.Frames, rows.Lengths, sums.AsSpan(first, rows.Count));
                }
                return sums;
            }

            double[] Norms()
            {
                var rows = new SequenceRows(test, Batch);
                rows.Take(0);
                var values = new float[rows.Frames.Length];
                influence(rows.Frames, rows.Lengths, testTargets.AsSpan(0, rows.Count), values);
                return NormsFromTheEnd(values, rows.Lengths, AddingProblem.Features, length);
            }
        }
    }

    /// <summary>A symbol that must be known again after a long time.</summary>
    public static async Task<Outcome> LongTimeLag(Bench bench)
    {
        const int lag = 50;
        var train = LongLag.Make(bench.Some(8_000, 64), lag, (int)bench.Seed);
        var test = LongLag.Make(bench.Some(1_000, 64), lag, (int)bench.Seed + 1);
        var epochs = bench.Some(6, 1);
        var steps = (train.Count + Batch - 1L) / Batch * epochs;
        var table = new Table("network", "test accuracy, %", "gradient at the first step / at the last, before", "after");
        var gradients = GradientChart($"A time lag of {lag}");
        var errors = new Chart("Test accuracy", new Scale("epochs"), new Scale("%", From: 40, To: 101));

        if (bench.Wants("RNN"))
        {
            using var net = new LagRnn(bench.Seed, Batch, bench.Threads);
            using var training = net.Train(Optimizer(), Batch, bench.Threads);
            await Try("RNN", options => training.Fit(train, epochs, options: options, cancellation: bench.Cancellation), net.Scores, net.Influence, 1);
        }
        if (bench.Wants("LSTM"))
        {
            using var net = new LagLstm(bench.Seed, Batch, bench.Threads);
            using var training = net.Train(Optimizer(), Batch, bench.Threads);
            await Try("LSTM", options => training.Fit(train, epochs, options: options, cancellation: bench.Cancellation), net.Scores, net.Influence, 0);
        }
        return new(table, new Picture(1, gradients, errors));

        Adam Optimizer() => new(4e-3) { ClipNorm = 1, Schedule = Schedule.Cosine(steps) };

        async Task Try(string name, Func<FitOptions, Task> fit, LagScores scores, LagInfluence influence, int colour)
        {
            var before = Norms();
            var course = new List<double>();
            await fit(new FitOptions
            {
                Callbacks = [new AfterEpoch(progress =>
                {
                    course.Add(Accuracy());
                    Bench.Say(FormattableString.Invariant($"long lag, {name}  epoch {progress.Epoch}/{epochs}  loss {progress.Loss:F4}  test accuracy {course[^1]:F1}%"));
                })],
            });
            var after = Norms();
            table.Add(name, course[^1], before[^1] / before[0], after[^1] / after[0]);
            Draw(gradients, name, before, after, colour);
            errors.Line(name, course.Select((share, i) => (i + 1.0, share)), colour, markers: true);

            double Accuracy()
            {
                var (rows, values) = (new SequenceRows(test, Batch), new float[test.Count * 2]);
                for (var first = 0; first < test.Count; first += Batch)
                {
                    rows.Take(first);
                    scores(rows.Tokens, rows.Lengths, values.AsSpan(first * 2, rows.Count * 2));
                }
                return 100 * Classification.Accuracy(values, Labels(test, test.Count));
            }

            double[] Norms()
            {
                var rows = new SequenceRows(test, Batch);
                rows.Take(0);
                var values = new float[rows.Tokens.Length * LongLag.Symbols];
                influence(rows.Tokens, rows.Lengths, Labels(test, rows.Count), values);
                return NormsFromTheEnd(values, rows.Lengths, LongLag.Symbols, lag + 3);
            }
        }
    }

    /// <summary>The mean norm over the rows of what belongs to each step, from the last step back.</summary>
    /// <param name="values">[row][step][width], padded.</param>
    /// <param name="lengths">Steps of each row, at least <paramref name="steps"/>.</param>
    /// <param name="width">Values of a step.</param>
    /// <param name="steps">Steps wanted.</param>
    internal static double[] NormsFromTheEnd(ReadOnlySpan<float> values, ReadOnlySpan<int> lengths, int width, int steps)
    {
        var (norms, time) = (new double[steps], values.Length / lengths.Length / width);
        for (var row = 0; row < lengths.Length; row++)
        {
            for (var back = 0; back < steps; back++)
            {
                var sum = 0.0;
                foreach (var value in values.Slice((row * time + lengths[row] - 1 - back) * width, width)) sum += (double)value * value;
                norms[back] += Math.Sqrt(sum) / lengths.Length;
            }
        }
        return norms;
    }

    /// <summary>What counts is how much is left of the gradient: how large it is depends on how large the error still is.</summary>
    private static Chart GradientChart(string title) => new(title, new Scale("steps before the last"), new Scale("gradient at that step / at the last", Logarithmic: true));

    private static void Draw(Chart chart, string name, double[] before, double[] after, int colour)
    {
        chart.Line($"{name}, before training", Points(before), colour, dashed: true).Line($"{name}, after", Points(after), colour);

        static IEnumerable<(double, double)> Points(double[] norms) => norms.Select((norm, back) => ((double)back, norm > 0 ? norm / norms[0] : double.NaN));
    }

    private static float[] Of(float[] all, ReadOnlySpan<int> samples)
    {
        var some = new float[samples.Length];
        for (var i = 0; i < some.Length; i++) some[i] = all[samples[i]];
        return some;
    }

    private static int[] Labels(SequenceSet set, int count) => [.. Enumerable.Range(0, count).Select(i => set.LabelsOf(i)[0])];
}
