using System.ComponentModel;
using System.Diagnostics;
using Kiln.Data;

namespace Kiln.Training;

/// <summary>One step on the given samples.</summary>
/// <param name="samples">Indices of the batch's samples, in order.</param>
/// <returns>The mean loss over them.</returns>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public delegate float TrainingStep(ReadOnlySpan<int> samples);

/// <summary>Epochs of steps over shuffled samples.</summary>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public static class TrainingLoop
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.1);

    /// <summary>
    /// Runs on a thread of the pool. The order of an epoch's samples is a function of the seed and the epoch's number; the last
    /// batch of an epoch may be smaller than the others.
    /// </summary>
    /// <param name="sampler">Says which samples form each batch.</param>
    /// <param name="firstEpoch">The number of the first epoch, from 0: larger where earlier runs are continued.</param>
    /// <param name="epochs">Epochs to run, at least 1.</param>
    /// <param name="step">Called for every batch.</param>
    /// <param name="epochDone">Called when all steps of an epoch are done, before it is reported.</param>
    /// <param name="progress">Receives a report at each epoch's end, and about ten times a second in between.</param>
    /// <param name="validate">Called after each epoch.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <returns>The state at the end of each epoch.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no epochs to run.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the steps until then stay.</exception>
    public static Task<IReadOnlyList<TrainingProgress>> Run(
        BatchSampler sampler, int firstEpoch, int epochs, TrainingStep step, Action epochDone,
        IProgress<TrainingProgress>? progress, Func<Validated>? validate, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        return Task.Run(() =>
        {
            var results = new TrainingProgress[epochs];
            for (var epoch = 0; epoch < epochs; epoch++)
            {
                sampler.Start(firstEpoch + epoch);
                results[epoch] = RunEpoch(sampler, firstEpoch + epoch + 1, firstEpoch + epochs, step, epochDone, progress, validate, cancellation);
            }
            return (IReadOnlyList<TrainingProgress>)results;
        }, cancellation);
    }

    /// <summary>Runs an action when a task ends, by success or failure.</summary>
    internal static async Task<T> Finally<T>(Task<T> run, Action ended)
    {
        try
        {
            return await run.ConfigureAwait(false);
        }
        finally
        {
            ended();
        }
    }

    private static TrainingProgress RunEpoch(
        BatchSampler sampler, int epoch, int epochs, TrainingStep step, Action epochDone,
        IProgress<TrainingProgress>? progress, Func<Validated>? validate, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var (lossSum, samples, reported) = (0.0, 0, TimeSpan.Zero);
        TrainingProgress Now(int steps, Validated validated) => new(
            epoch, epochs, steps, sampler.Batches, lossSum / samples, samples / Math.Max(watch.Elapsed.TotalSeconds, 1e-9), validated.Figure, validated.Loss);
        for (var i = 0; i < sampler.Batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = sampler[i];
            lossSum += (double)step(batch) * batch.Length;
            samples += batch.Length;
            if (progress is null || i == sampler.Batches - 1 || watch.Elapsed - reported < ReportInterval) continue;
            reported = watch.Elapsed;
            progress.Report(Now(i + 1, default));
        }
        watch.Stop();
        epochDone();
        var end = Now(sampler.Batches, validate?.Invoke() ?? default);
        progress?.Report(end);
        return end;
    }
}
