using System.ComponentModel;

namespace Kiln.Training;

/// <summary>A Learn program of a training.</summary>
/// <param name="Name">The method.</param>
/// <param name="Optimizer">Moves what it trains; null if it is not to be called, only asked for losses and gradients.</param>
/// <param name="Trained">Numbers of the parameters it trains, ascending.</param>
/// <param name="HasLoss">It returns a loss, which must be finite.</param>
/// <param name="Updates">It writes gradients (or directions) for an optimizer; otherwise it only assigns.</param>
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed record LearnProgram(string Name, Optimizer? Optimizer, int[] Trained, bool HasLoss, bool Updates)
{
    /// <summary>Inputs that it moves, for each of the shapes they are declared with.</summary>
    public OptimizedArgument[] Optimized { get; init; } = [];

    /// <summary>Names of the results after its loss: Fit reports their means.</summary>
    public string[] Monitored { get; init; } = [];

    /// <summary>Layers of whose output it gives three statistics after what is monitored: Fit reports their means.</summary>
    public string[] Activations { get; init; } = [];

    /// <summary>What it computes beside its gradient.</summary>
    public Curvature Curvature { get; init; }
}
