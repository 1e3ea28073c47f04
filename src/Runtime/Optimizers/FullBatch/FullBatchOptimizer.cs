using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// Optimizers for small networks that look at all rows in every step: <see cref="ConjugateGradient"/>, <see cref="LBfgs"/>, <see cref="Newton"/>,
/// <see cref="GaussNewton"/> and <see cref="LevenbergMarquardt"/>. A step computes the loss several times, at weights along a direction, of the same rows
/// and with the same random draws; the network's own weights change once, at its end. A step that finds no lower loss leaves them as they were.
/// <para>
/// What they remember is of all weights together, so an instance serves one program. They move parameters only (no [Optimized] inputs), need a
/// loss, and set lengths of steps themselves: limits of norms, noise, running means and accumulated gradients are refused. Losses are single precision:
/// a loss that rises by less than 5·10⁻⁷ of itself counts as equal, if the slope has become flatter (the approximate conditions of Hager and Zhang 2005).
/// </para>
/// </summary>
public abstract class FullBatchOptimizer : Optimizer
{
    private protected FullBatchOptimizer(double learningRate)
        : base(learningRate)
    {
    }

    /// <summary>
    /// Whether the last step that a training made with this optimizer moved the weights. False at a minimum, as far as single precision can tell, and
    /// where no lower loss was found along the directions tried.
    /// </summary>
    public bool HasMoved { get; internal set; }

    /// <summary>How often the last step computed the loss, the first time at the weights there were. A Jacobian or a Hessian is not counted.</summary>
    public int Evaluations { get; internal set; }

    /// <summary>What a program must give beside its gradient.</summary>
    internal virtual Curvature Needs => Curvature.None;

    /// <summary>Numbers remembered between steps, each at least 0 and 0 at first.</summary>
    internal virtual int Numbers => 0;

    private protected override ReadOnlySpan<string> Slots => [];

    /// <summary>
    /// Finds the next weights and what is to be remembered, and stages both: <see cref="Objective.Accept"/>, <see cref="Objective.Remember(int, double)"/>. Nothing
    /// that is seen from outside changes before the update.
    /// </summary>
    internal abstract void Search(Objective objective);

    private protected sealed override void Update(ref UpdateArguments arguments, UpdatePasses passes) =>
        throw new InvalidOperationException($"{GetType().Name} computes losses in its steps: a training makes them.");
}
