namespace Kiln;

/// <summary>
/// Code that runs at fixed places of a Fit, on its thread and between its steps: what it sees does not change meanwhile, and the Fit waits for it. It may save,
/// change <c>LearningRate</c>, predict, and compute losses. An exception ends the Fit and reaches its caller; the training stays as the last step left it.
/// </summary>
/// <remarks>For a display, an <see cref="IProgress{T}"/> is enough: it gets a report about ten times a second.</remarks>
public abstract class TrainingCallback
{
    /// <summary>Whether <see cref="Stop"/> was called in this run.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>Before the first step.</summary>
    /// <param name="plan">What the run is going to do.</param>
    public virtual void OnBegin(TrainingPlan plan)
    {
    }

    /// <summary>After each step.</summary>
    /// <param name="progress">The state after it.</param>
    public virtual void OnStep(TrainingProgress progress)
    {
    }

    /// <summary>After each epoch and its validation.</summary>
    /// <param name="progress">The state after it.</param>
    public virtual void OnEpoch(TrainingProgress progress)
    {
    }

    /// <summary>After the last step of a run; not called where the run ends by an exception or is cancelled: see <see cref="OnFailure"/>.</summary>
    /// <param name="epochs">The state at the end of each epoch.</param>
    public virtual void OnEnd(IReadOnlyList<TrainingProgress> epochs)
    {
    }

    /// <summary>After a run that was cancelled or ended by an exception, such as a loss that is not finite. What this throws is lost.</summary>
    /// <param name="exception">What ended it.</param>
    public virtual void OnFailure(Exception exception)
    {
    }

    /// <summary>Ends the run after the step in progress, as a limit of steps does: the next run goes on there.</summary>
    protected void Stop() => IsStopping = true;

    internal void Fail(Exception exception)
    {
        try
        {
            OnFailure(exception);
        }
        catch
        {
            // The first exception is the one to know of.
        }
    }

    internal void Begin(TrainingPlan plan)
    {
        IsStopping = false;
        OnBegin(plan);
    }
}
