namespace Kiln;

/// <summary>How far a training has come.</summary>
/// <param name="Epoch">The present epoch, from 1.</param>
/// <param name="Epochs">Epochs of this run.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Loss">Mean loss over the samples of this epoch so far.</param>
/// <param name="SamplesPerSecond">Samples learned from per second in this epoch so far, validation not counted.</param>
/// <param name="Validation">At the end of an epoch, the figure that the validation gave; otherwise, or without validation, null.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double Loss, double SamplesPerSecond, double? Validation)
{
    /// <summary>All steps of this epoch are done.</summary>
    public bool IsEndOfEpoch => Step == Steps;
}
