using System.Diagnostics;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>
/// The epochs of one Fit: steps over shuffled samples, on one thread. The order of an epoch's samples is a function of the seed and the epoch's number;
/// the last batch of an epoch may be smaller than the others.
/// </summary>
/// <param name="session">Counts epochs and samples.</param>
/// <param name="samples">Samples in the data.</param>
/// <param name="epochs">Epochs to run, at least 1.</param>
/// <param name="step">One step on the given samples.</param>
/// <param name="progress">Receives a report at each epoch's end, and about ten times a second in between.</param>
/// <param name="validate">Runs after each epoch.</param>
/// <param name="options">When to save and when to stop.</param>
/// <param name="cancellation">Checked between steps.</param>
internal sealed class TrainingRun(
    TrainingSession session, int samples, int epochs, TrainingStep step, IProgress<TrainingProgress>? progress, Func<Validated>? validate, FitOptions options, CancellationToken cancellation)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.1);

    private readonly BatchSampler _sampler = new(samples, session.Batch, session.Seed);
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly CheckpointSchedule? _checkpoints = options.Checkpoints is { } folder ? new(folder, session) : null;
    private readonly long _firstStep = session.Step;
    private readonly int _last = (int)Math.Min(session.Epoch, int.MaxValue - epochs) + epochs;

    private bool IsSpent => session.Step - _firstStep >= (options.MaxSteps ?? long.MaxValue) || (options.MaxTime is { } limit && _time.Elapsed >= limit);

    /// <summary>Runs on a thread of the pool until the epochs are done, a limit is reached or the training stops getting better.</summary>
    /// <param name="ended">Called at the end, whether it succeeds or fails.</param>
    /// <returns>The state at the end of each epoch; of one that a limit cut short, the state there.</returns>
    public async Task<IReadOnlyList<TrainingProgress>> Start(Action ended)
    {
        try
        {
            return await Task.Run(Run, cancellation).ConfigureAwait(false);
        }
        catch
        {
            session.Position = 0;
            throw;
        }
        finally
        {
            ended();
        }
    }

    private IReadOnlyList<TrainingProgress> Run()
    {
        var results = new List<TrainingProgress>();
        options.EarlyStopping?.Begin();
        _checkpoints?.Begin();
        while (session.Epoch < _last && !IsSpent)
        {
            var end = RunEpoch();
            results.Add(end);
            if (!end.IsEndOfEpoch) break;
            if (options.EarlyStopping?.Report(session, end) == true) break;
        }
        // After a limit the next run goes on from here: with these weights.
        if (session.Epoch == _last || options.EarlyStopping?.HasStopped == true) options.EarlyStopping?.End(session);
        return results;
    }

    private TrainingProgress RunEpoch()
    {
        var epoch = (int)session.Epoch;
        _sampler.Start(epoch);
        var watch = Stopwatch.StartNew();
        var (lossSum, count, reported) = (0.0, 0, TimeSpan.Zero);
        // A training that was saved in mid-epoch goes on there.
        var first = session.Position < samples ? session.Position / session.Batch : 0;
        for (var i = first; i < _sampler.Batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = _sampler[i];
            lossSum += (double)session.StepInTurn(step, batch) * batch.Length;
            count += batch.Length;
            if (i == _sampler.Batches - 1) break;
            session.Position = i * session.Batch + batch.Length;
            _checkpoints?.AfterStep();
            if (IsSpent)
            {
                var now = Now(i + 1, default);
                progress?.Report(now);
                return now;
            }
            if (progress is null || watch.Elapsed - reported < ReportInterval) continue;
            reported = watch.Elapsed;
            progress.Report(Now(i + 1, default));
        }
        watch.Stop();
        (session.Epoch, session.Position) = (epoch + 1, 0);
        var end = Now(_sampler.Batches, validate?.Invoke() ?? default);
        _checkpoints?.AfterEpoch();
        progress?.Report(end);
        return end;

        TrainingProgress Now(int steps, Validated validated) => new(
            epoch + 1, _last, steps, _sampler.Batches, lossSum / count, count / Math.Max(watch.Elapsed.TotalSeconds, 1e-9), validated.Figure, validated.Loss);
    }
}
