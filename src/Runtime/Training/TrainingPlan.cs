namespace Kiln;

/// <summary>What a Fit is going to do.</summary>
/// <param name="Network">The class of the network that learns.</param>
/// <param name="Parameters">Its parameters, in the order of their declaration.</param>
/// <param name="Samples">Samples in the data.</param>
/// <param name="Batch">Samples of a step; the last step of an epoch may have less.</param>
/// <param name="FirstEpoch">The epoch it begins with, from 1, counted over all runs of the training.</param>
/// <param name="Epochs">The epoch it ends with.</param>
/// <param name="Steps">Steps of an epoch.</param>
public sealed record TrainingPlan(string Network, IReadOnlyList<ParameterView> Parameters, int Samples, int Batch, int FirstEpoch, int Epochs, int Steps);
