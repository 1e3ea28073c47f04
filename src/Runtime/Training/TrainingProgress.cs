using System.Collections.ObjectModel;

namespace Kiln;

/// <summary>How far a training has come.</summary>
/// <param name="Epoch">The present epoch, from 1, counted over all runs of the training.</param>
/// <param name="Epochs">The epoch that this run ends with.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Loss">Mean loss over the samples of this epoch so far.</param>
/// <param name="SamplesPerSecond">Samples learned from per second in this epoch so far, validation not counted.</param>
/// <param name="Validation">At the end of an epoch, the figure of the validation: a classifier's accuracy on the validation data, or what the caller's own function gave. Otherwise null.</param>
/// <param name="ValidationLoss">At the end of an epoch, the mean loss over the validation data, of the network as it is used: without dropout, normalised by running statistics. Null without such data, or where a loss needs gradients.</param>
public readonly record struct TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double Loss, double SamplesPerSecond, double? Validation, double? ValidationLoss)
{
    /// <summary>Mean loss over the samples of the last step.</summary>
    public double StepLoss { get; init; }

    /// <summary>Steps of the training, counted over all its runs and programs.</summary>
    public long TotalSteps { get; init; }

    /// <summary>The learning rate of the last step, by its schedule; of the first optimizer, if there are several. Null without one.</summary>
    public double? LearningRate { get; init; }

    /// <summary>What the program monitors besides its loss, by name: means over the samples of this epoch so far. A stack that ends with CrossEntropy has its "accuracy". Empty where nothing is monitored.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get => field ?? ReadOnlyDictionary<string, double>.Empty; init; }

    /// <summary>What the layers of a stack gave, in their order: means over the samples of this epoch so far. Empty where <c>[Network(Activations = true)]</c> does not ask for it.</summary>
    public IReadOnlyList<ActivationStatistics> Activations { get => field ?? []; init; }

    /// <summary>The latest statistics of the layers; null where <see cref="FitOptions.StatisticsEvery"/> does not ask for them.</summary>
    public TrainingStatistics? Statistics { get; init; }

    /// <summary>All steps of this epoch are done.</summary>
    public bool IsEndOfEpoch => Step == Steps;
}
