namespace Kiln;

/// <summary>What the layers looked like in one step: <see cref="FitOptions.StatisticsEvery"/> asks for it.</summary>
/// <param name="Step">The step, counted over all runs of the training.</param>
/// <param name="Parameters">Of each trained parameter, in the network's order.</param>
public sealed record TrainingStatistics(long Step, IReadOnlyList<ParameterStatistics> Parameters);

/// <summary>What a layer gives: means over samples, of one sample's numbers. <c>[Network(Activations = true)]</c> asks for it.</summary>
/// <param name="Layer">Its name, as its parameters' in checkpoints: <c>dense1</c>, <c>relu2</c>.</param>
/// <param name="Norm">Euclidean norm.</param>
/// <param name="Mean">Mean of the elements.</param>
/// <param name="Zeros">Share of the elements that are zero, from 0 to 1: of a ReLU, its units that are off.</param>
public sealed record ActivationStatistics(string Layer, double Norm, double Mean, double Zeros);

/// <summary>A parameter after a step.</summary>
/// <param name="Name">As in checkpoints: <c>conv1.weight</c>.</param>
/// <param name="WeightNorm">Euclidean norm of the values.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient, before any clipping.</param>
/// <param name="UpdateNorm">Euclidean norm of what the step changed; about a thousandth of the weights' is usual.</param>
public sealed record ParameterStatistics(string Name, double WeightNorm, double GradientNorm, double UpdateNorm);
