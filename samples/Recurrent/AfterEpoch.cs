namespace Kiln.Samples.Recurrent;

/// <summary>Does something after each epoch.</summary>
/// <param name="action">Gets how far the training is.</param>
internal sealed class AfterEpoch(Action<TrainingProgress> action) : TrainingCallback
{
    public override void OnEpoch(TrainingProgress progress) => action(progress);
}
