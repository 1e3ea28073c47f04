using System.Diagnostics;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>
/// The epochs of one Fit: steps over shuffled samples, on one thread. The order of an epoch's samples is a function of the seed and the epoch's number, unless they come in their own;
/// the last batch of an epoch may be smaller than the others.
/// </summary>
/// <param name="session">Counts epochs and samples.</param>
/// <param name="program">The number of the program that learns.</param>
/// <param name="samples">Samples in the data.</param>
/// <param name="epochs">Epochs to run, at least 1.</param>
/// <param name="gather">Puts the rows of a step's samples side by side.</param>
/// <param name="step">One step on these rows.</param>
/// <param name="progress">Receives a report at each epoch's end, and about ten times a second in between.</param>
/// <param name="validate">Runs after each epoch.</param>
/// <param name="options">When to save and when to stop, and what runs between the steps.</param>
/// <param name="cancellation">Checked between steps.</param>
/// <param name="inOrder">Samples of each step, which come in their own order; 0 for as many as the batch, shuffled.</param>
internal sealed class TrainingRun(
    TrainingSession session, int program, int samples, int epochs, BatchGather gather, TrainingStep step, IProgress<TrainingProgress>? progress, Func<Validated>? validate, FitOptions options, CancellationToken cancellation, int inOrder)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.1);

    private readonly FitBatches _batches = new(inOrder > 0 ? BatchSampler.InOrder(samples, inOrder) : new(samples, session.Batch, session.Seed), gather);
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly CheckpointSchedule? _checkpoints = options.Checkpoints is { } folder ? new(folder, session) : null;
    private readonly StatisticsProbe? _statistics = options.StatisticsEvery is { } every ? new(session, program, every) : null;
    private readonly TrainingCallback[] _callbacks = [.. options.Callbacks];
    private readonly long _firstStep = session.Step;
    private readonly int _last = (int)Math.Min(session.Epoch, int.MaxValue - epochs) + epochs;

    private bool IsSpent =>
        session.Step - _firstStep >= (options.MaxSteps ?? long.MaxValue) || (options.MaxTime is { } limit && _time.Elapsed >= limit) || Array.Exists(_callbacks, c => c.IsStopping);

    /// <summary>Runs on a thread of the pool until the epochs are done, a limit is reached or the training stops getting better.</summary>
    /// <param name="ended">Called at the end, whether it succeeds or fails.</param>
    /// <returns>The state at the end of each epoch; of one that a limit cut short, the state there.</returns>
    public async Task<IReadOnlyList<TrainingProgress>> Start(Action ended)
    {
        try
        {
            return await Task.Run(Run, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            session.Position = 0;
            foreach (var callback in _callbacks) callback.Fail(e);
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
        var plan = new TrainingPlan(session.Core.Name, session.Core.Parameters.Views, samples, _batches.Size, (int)session.Epoch + 1, _last, _batches.Count)
        {
            Gradients = session.Gradients.Views,
        };
        foreach (var callback in _callbacks) callback.Begin(plan);
        while (session.Epoch < _last && !IsSpent)
        {
            var end = RunEpoch();
            results.Add(end);
            if (!end.IsEndOfEpoch) break;
            if (options.EarlyStopping?.Report(session, end) == true) break;
        }
        // After a limit the next run goes on from here: with these weights.
        if (session.Epoch == _last || options.EarlyStopping?.HasStopped == true) options.EarlyStopping?.End(session);
        foreach (var callback in _callbacks) callback.OnEnd(results);
        return results;
    }

    private TrainingProgress RunEpoch()
    {
        var epoch = (int)session.Epoch;
        _batches.Start(epoch);
        var meter = new EpochMeter(session.Programs[program].Monitored, session.Programs[program].Activations);
        var reported = TimeSpan.Zero;
        // A training that was saved in mid-epoch goes on there.
        var first = session.Position < samples ? session.Position / _batches.Size : 0;
        for (var i = first; i < _batches.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Step(i, meter);
            if (i == _batches.Count - 1) break;
            session.Position = (i + 1) * _batches.Size;
            _checkpoints?.AfterStep();
            TellOfStep(i + 1);
            if (IsSpent)
            {
                var now = Now(i + 1, default);
                progress?.Report(now);
                return now;
            }
            if (progress is null || meter.Elapsed - reported < ReportInterval) continue;
            reported = meter.Elapsed;
            progress.Report(Now(i + 1, default));
        }
        (session.Epoch, session.Position) = (epoch + 1, 0);
        TellOfStep(_batches.Count);
        var end = Now(_batches.Count, validate is null ? default : session.WithAverages(validate));
        _checkpoints?.AfterEpoch();
        foreach (var callback in _callbacks) callback.OnEpoch(end);
        progress?.Report(end);
        return end;

        void TellOfStep(int steps)
        {
            if (_callbacks.Length == 0) return;
            var now = Now(steps, default);
            foreach (var callback in _callbacks) callback.OnStep(now);
        }

        TrainingProgress Now(int steps, Validated validated) =>
            new(epoch + 1, _last, steps, _batches.Count, meter.Loss, meter.SamplesPerSecond, validated.Figure, validated.Loss)
            {
                StepLoss = meter.StepLoss,
                TotalSteps = session.Step,
                LearningRate = session.LastRate(program),
                Metrics = meter.Metrics,
                Activations = meter.Activations,
                Statistics = _statistics?.Latest,
            };
    }

    private void Step(int batch, EpochMeter meter)
    {
        meter.Start();
        _statistics?.BeforeStep();
        session.StepInTurn(step, _batches, batch, meter);
        _statistics?.AfterStep();
        meter.Stop();
    }
}
