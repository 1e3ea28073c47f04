using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// Newton's method with the exact Hessian H of the mean loss: along −(H + damping · I)⁻¹ g; the full step first, then half of it, and so on, until the loss is low enough
/// (Armijo's condition; Nocedal and Wright 2006, algorithm 3.2). For programs marked [Learn(Hessian = true)], and up to 512 weights.
/// <para>
/// Where that matrix is not positive definite, as near a saddle, the pure step would go up to the saddle or to a maximum. Then its eigenvalues are taken without their
/// signs (Dauphin et al. 2014, "Identifying and attacking the saddle point problem"), none below 10⁻⁶ of the largest: the step goes down along every eigenvector. On a saddle
/// itself, where that step would be shorter than 10⁻⁶ of the largest weight (or of 1), it goes along the eigenvector of the most negative eigenvalue, as far as the largest weight (or 1) first.
/// </para>
/// </summary>
public sealed class Newton : FullBatchOptimizer
{
    // Eigenvalues of a matrix in single precision are not known better.
    private const double Least = 1e-6;

    /// <summary>Newton's method.</summary>
    /// <param name="damping">Added to the diagonal of the Hessian; at least 0. The larger, the shorter steps are.</param>
    /// <param name="learningRate">The share of the full step that is tried first; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Newton(double damping = 0, double learningRate = 1)
        : base(learningRate) => Damping = Check(damping, damping is >= 0 and <= 1e18, nameof(damping), "from 0 to 1e18");

    /// <summary>Added to the diagonal of the Hessian.</summary>
    public double Damping { get; }

    internal override Curvature Needs => Curvature.Hessian;

    internal override void Search(Objective objective)
    {
        var hessian = objective.Matrices;
        if (!hessian.Load(objective.Hessian(), Damping)) return;
        var (gradient, direction) = (objective.Gradient, objective.Direction);
        if (hessian.Solve(gradient, direction))
        {
            if (Vectors.Dot(gradient, direction) is < 0 and var slope)
                objective.Accept(direction, new LineSearch(objective, slope).Backwards(objective.Rate).Length);
            return;
        }
        if (!hessian.Decompose()) return;
        hessian.SolveWithoutSigns(gradient, direction, Least);
        var reach = Math.Max(1, objective.LargestWeight());
        if (Vectors.Largest(direction) > 1e-6 * reach)
        {
            objective.Accept(direction, new LineSearch(objective, Vectors.Dot(gradient, direction)).Backwards(objective.Rate).Length);
            return;
        }
        if (hessian.Lowest(direction) is var lowest && lowest >= -Least * hessian.LargestValue) return;
        var along = Vectors.Dot(gradient, direction);
        for (var i = 0; i < direction.Length; i++) direction[i] *= along > 0 ? -reach : reach;
        objective.Accept(direction, new LineSearch(objective, -Math.Abs(along) * reach).Backwards(objective.Rate, lowest * reach * reach).Length);
    }
}
