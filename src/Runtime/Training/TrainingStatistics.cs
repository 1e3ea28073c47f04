namespace Kiln;

/// <summary>What the layers looked like in one step: <see cref="FitOptions.StatisticsEvery"/> asks for it.</summary>
/// <param name="Step">The step, counted over all runs of the training.</param>
/// <param name="Parameters">Of each trained parameter, in the network's order.</param>
public sealed record TrainingStatistics(long Step, IReadOnlyList<ParameterStatistics> Parameters);

/// <summary>A parameter after a step.</summary>
/// <param name="Name">As in checkpoints: <c>conv1.weight</c>.</param>
/// <param name="WeightNorm">Euclidean norm of the values.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient, before any clipping.</param>
/// <param name="UpdateNorm">Euclidean norm of what the step changed; about a thousandth of the weights' is usual.</param>
public sealed record ParameterStatistics(string Name, double WeightNorm, double GradientNorm, double UpdateNorm);
