using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// Least squares by Gauss and Newton: along −(JᵀJ)⁻¹ Jᵀr, with the residuals r of all rows and their derivatives J; the full step first, then half of it, and so on, until
/// the loss is low enough (Armijo's condition; Nocedal and Wright 2006, section 10.3). Where JᵀJ is singular, as with more weights than residuals, a multiple of the
/// identity is added, the smallest of 10⁻¹², 10⁻¹¹, 10⁻¹⁰, … times its largest element that makes it positive definite. For programs that return Residuals.
/// <see cref="LevenbergMarquardt"/> is mostly the better choice for networks, whose JᵀJ is nearly singular.
/// </summary>
public sealed class GaussNewton : FullBatchOptimizer
{
    /// <summary>Gauss-Newton.</summary>
    /// <param name="learningRate">The share of the full step that is tried first; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public GaussNewton(double learningRate = 1)
        : base(learningRate)
    {
    }

    internal override Curvature Needs => Curvature.Jacobian;

    internal override void Search(Objective objective)
    {
        var equations = objective.NormalEquations;
        if (!equations.Compute(objective) || equations.LargestDiagonal == 0) return;
        var (direction, ridge) = (objective.Direction, 0.0);
        while (!equations.Solve(ridge, direction)) ridge = ridge == 0 ? 1e-12 * equations.LargestDiagonal : ridge * 10;
        var slope = Vectors.Dot(objective.Gradient, direction);
        if (!(slope < 0)) return;
        objective.Accept(direction, new LineSearch(objective, slope).Backwards(objective.Rate).Length);
    }
}
