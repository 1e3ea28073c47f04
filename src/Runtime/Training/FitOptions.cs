namespace Kiln;

/// <summary>What a Fit does besides its steps: save, and stop before its epochs are done.</summary>
public sealed class FitOptions
{
    private readonly long? maxSteps;
    private readonly TimeSpan? maxTime;

    /// <summary>Where checkpoints are written while it runs; null for none.</summary>
    public CheckpointFolder? Checkpoints { get; init; }

    /// <summary>Ends the run when it has stopped getting better; null for never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Steps after which the run ends, in mid-epoch too; the next run goes on there. Null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public long? MaxSteps
    {
        get => maxSteps;
        init
        {
            if (value is { } steps) ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1, nameof(MaxSteps));
            maxSteps = value;
        }
    }

    /// <summary>Time after which the run ends, at the end of the step in progress; the next run goes on there. Null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above zero.</exception>
    public TimeSpan? MaxTime
    {
        get => maxTime;
        init
        {
            if (value is { } time) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(MaxTime));
            maxTime = value;
        }
    }
}
