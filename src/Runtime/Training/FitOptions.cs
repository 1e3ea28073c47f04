using Kiln.Training;

namespace Kiln;

/// <summary>What a Fit does besides its steps: save, and stop before its epochs are done.</summary>
public sealed class FitOptions
{
    /// <summary>Where checkpoints are written while it runs; null for none.</summary>
    public CheckpointFolder? Checkpoints { get; init; }

    /// <summary>Ends the run when it has stopped getting better; null for never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Steps after which the run ends, in mid-epoch too; the next run goes on there. Null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public long? MaxSteps { get; init => field = Limit.OfSteps(value, nameof(MaxSteps)); }

    /// <summary>Time after which the run ends, at the end of the step in progress; the next run goes on there. Null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above zero.</exception>
    public TimeSpan? MaxTime { get; init => field = Limit.OfTime(value, nameof(MaxTime)); }

    /// <summary>
    /// States go on from batch to batch and from epoch to epoch, as the chains of persistent contrastive divergence do. Default: false, each batch of samples begins with the initial states.
    /// Streams of tokens keep their states within an epoch in any case.
    /// </summary>
    public bool KeepStates { get; init; }

    /// <summary>Code that runs between the steps, in this order. Default: none.</summary>
    /// <exception cref="ArgumentNullException">It is null, or one of them is.</exception>
    public IReadOnlyList<TrainingCallback> Callbacks
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Callbacks));
            foreach (var callback in value) ArgumentNullException.ThrowIfNull(callback, nameof(Callbacks));
            field = value;
        }
    } = [];

    /// <summary>
    /// Norms of weights, gradients and updates are computed of every so many steps, for <see cref="TrainingProgress.Statistics"/>; null for never, which costs nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? StatisticsEvery { get; init => field = (int?)Limit.OfSteps(value, nameof(StatisticsEvery)); }
}
