namespace Kiln;

/// <summary>What a Fit is going to do.</summary>
/// <param name="Network">The class of the network that learns.</param>
/// <param name="Parameters">Its parameters, in the order of their declaration.</param>
/// <param name="Samples">Samples in the data.</param>
/// <param name="Batch">Samples of a step; the last step of an epoch may have less.</param>
/// <param name="FirstEpoch">The epoch it begins with, from 1, counted over all runs of the training.</param>
/// <param name="Epochs">The epoch it ends with.</param>
/// <param name="Steps">Steps of an epoch.</param>
public sealed record TrainingPlan(string Network, IReadOnlyList<ParameterView> Parameters, int Samples, int Batch, int FirstEpoch, int Epochs, int Steps)
{
    /// <summary>What the last step's gradients are of each of <see cref="Parameters"/>, in the same order, before any clipping; zeros before the first step. To be read only.</summary>
    public IReadOnlyList<ParameterView> Gradients { get; init; } = [];
}
