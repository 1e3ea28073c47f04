using System.Diagnostics;
using System.Globalization;
using Kiln.Data;

namespace Kiln.Samples.Recurrent;

/// <summary>How the character model is trained.</summary>
/// <param name="Epochs">Passes over the text, over which the rate falls to nothing.</param>
/// <param name="Checkpoints">A folder to save the training in, and to go on from; null for none.</param>
/// <param name="Save">File for the weights; null: not kept.</param>
/// <param name="Minutes">Time after which it ends for now; null for no limit.</param>
/// <param name="Steps">Steps after which it ends for now; null for no limit.</param>
internal sealed record CharRnnSettings(int Epochs, string? Checkpoints = null, string? Save = null, double? Minutes = null, long? Steps = null);

/// <summary>Stateful truncated back-propagation through time over parallel streams of a text.</summary>
internal sealed class CharRnnTraining(Bench bench, CharRnnSettings settings) : IDisposable
{
    private const int Streams = 32;
    private const double Rate = 2e-3;

    private readonly CharRnn _net = new(bench.Seed, batch: 1, bench.Threads);

    public void Dispose() => _net.Dispose();

    /// <summary>Trains the network.</summary>
    /// <returns>Nats per character of the last tenth of the text, which was not learned from.</returns>
    public async Task<double> Run()
    {
        var text = Characters.Encode(Text());
        var split = (int)(text.Length * 0.9);
        var train = new TokenStreams(text[..split], Streams, CharRnn.Window, Characters.Count);
        var validation = new TokenStreams(text[split..], bench.Some(Streams, 4), CharRnn.Window, Characters.Count);
        Bench.Say($"{split:N0} characters to learn from, {text.Length - split:N0} for validation; {English.Count(train.Windows, "window")} of {Streams}×{CharRnn.Window}");

        using var training = _net.Train(
            new Adam(Rate) { ClipNorm = 1, Schedule = Schedule.Cosine((long)train.Windows * settings.Epochs).WarmUp(Math.Min(100, train.Windows)) }, Streams, bench.Threads, time: CharRnn.Window);
        if (settings.Checkpoints is not null && CheckpointFolder.Newest(settings.Checkpoints) is { } newest)
        {
            training.Load(newest);
            Bench.Say($"goes on from {newest}");
        }
        using var judge = _net.CreateWorkspace(validation.Batch, bench.Threads, time: CharRnn.Window);
        // It stops no earlier, as the rate falls until the last epoch; the network gets the weights of the best one.
        var best = new EarlyStopping(patience: settings.Epochs, figure: epoch => epoch.Validation!.Value);
        var options = new FitOptions
        {
            Callbacks = [new Reporter(Sample)],
            Checkpoints = settings.Checkpoints is null ? null : new(settings.Checkpoints) { Every = TimeSpan.FromMinutes(2), Keep = 2 },
            EarlyStopping = best,
            MaxSteps = settings.Steps,
            MaxTime = settings.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        };
        var left = settings.Epochs - (int)(training.Step / train.Windows);
        if (left > 0) await training.Fit(train, left, validation: () => Judge(judge, validation), options: options, cancellation: bench.Cancellation);
        if (left > 0 && training.Epoch == settings.Epochs) Bench.Say(string.Create(CultureInfo.InvariantCulture, $"the weights are those of epoch {best.BestEpoch}, which had the best validation: {best.Best:F4} nats per character"));
        // What a limit cut short goes on from its last step.
        if (settings.Checkpoints is { } folder) training.Save(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"step-{training.Step:D9}.safetensors")));
        if (settings.Save is not null) _net.Save(settings.Save);
        return Judge(judge, validation);
    }

    /// <summary>Nats per character over all of the streams, the states going on from window to window.</summary>
    private static double Judge(CharRnn.Workspace judge, TokenStreams streams)
    {
        var (tokens, targets) = (new int[streams.Batch * streams.Time], new int[streams.Batch * streams.Time]);
        var (lengths, nats) = (new int[streams.Batch], new float[streams.Batch]);
        Array.Fill(lengths, streams.Time);
        judge.States.Reset();
        streams.Position = 0;
        var sum = 0.0;
        for (var window = 0; window < streams.Windows; window++)
        {
            streams.Next(tokens, targets);
            judge.Judge(tokens, lengths, targets, nats);
            sum += nats.Average();
        }
        return sum / streams.Windows;
    }

    private string Text()
    {
        if (bench.Data is null) return MadeText.Write(bench.Some(500_000, 12_000), (int)bench.Seed);
        return File.ReadAllText(Directory.Exists(bench.Data) ? Path.Combine(bench.Data, "tinyshakespeare.txt") : bench.Data);
    }

    private string Sample(ulong number)
    {
        var writer = new Writer(_net, new Sampler(bench.Seed + number, temperature: 0.8));
        writer.Begin("\n");
        return new([.. Enumerable.Range(0, 200).Select(_ => writer.Next())]);
    }

    /// <summary>Says how the training comes along, and shows what the network would write.</summary>
    private sealed class Reporter(Func<ulong, string> sample) : TrainingCallback
    {
        private const int Every = 100;

        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private double _sum;

        public override void OnStep(TrainingProgress progress)
        {
            _sum += progress.StepLoss;
            if (progress.TotalSteps % Every != 0) return;
            Bench.Say(string.Create(CultureInfo.InvariantCulture, $"step {progress.TotalSteps,6}  loss {_sum / Every:F3}  {progress.SamplesPerSecond * CharRnn.Window:N0} characters/s  {_clock.Elapsed.TotalMinutes:F1} min"));
            _sum = 0;
        }

        public override void OnEpoch(TrainingProgress progress)
        {
            Bench.Say(string.Create(CultureInfo.InvariantCulture, $"epoch {progress.Epoch}/{progress.Epochs}  loss {progress.Loss:F4}  validation {progress.Validation:F4} nats per character  {_clock.Elapsed.TotalMinutes:F1} min"));
            Bench.Say(sample((ulong)progress.TotalSteps));
        }
    }
}
