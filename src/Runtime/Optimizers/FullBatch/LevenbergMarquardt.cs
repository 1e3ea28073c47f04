using Kiln.Training;

namespace Kiln;

/// <summary>
/// Least squares by Levenberg (1944) and Marquardt (1963), as Hagan and Menhaj (1994) train networks: w ← w − (JᵀJ + λI)⁻¹ Jᵀr, with the residuals r of all rows
/// and their derivatives J. A lower loss divides the damping λ by ten; else the weights stay, λ is multiplied by ten, and the step is tried again, up to
/// thirty times. For programs that return Residuals, and up to some hundred weights: a step takes about rows · weights² + weights³/6 multiplications.
/// </summary>
public sealed class LevenbergMarquardt : FullBatchOptimizer
{
    // The number remembered.
    private const int LastDamping = 0;

    private const int Most = 30;
    private const double Factor = 10;

    // Of the largest element of JᵀJ: below it double precision loses the damping.
    private const double Least = 1e-14;

    /// <summary>Levenberg-Marquardt.</summary>
    /// <param name="damping">The first λ; above 0. JᵀJ is the sum over rows, so λ compares with the number of rows.</param>
    /// <param name="learningRate">Multiplies every step; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public LevenbergMarquardt(double damping = 1e-3, double learningRate = 1)
        : base(learningRate) => Damping = Check(damping, damping is > 0 and <= 1e18, nameof(damping), "above 0 and at most 1e18");

    /// <summary>The first λ.</summary>
    public double Damping { get; }

    internal override Curvature Needs => Curvature.Jacobian;

    internal override int Numbers => 1;

    internal override void Search(Objective objective)
    {
        var equations = objective.NormalEquations;
        if (!equations.Compute(objective)) return;
        var damping = objective.Recall(LastDamping) is > 0 and var last ? last : Damping;
        var least = Math.Max(Least * equations.LargestDiagonal, double.Epsilon);
        var trial = objective.LendBut(objective.Gradient, objective.Gradient);
        for (var tries = 0; tries < Most; tries++)
        {
            damping = Math.Max(damping, least);
            if (equations.Solve(damping, objective.Direction))
            {
                // A step too short to change a weight: a longer one was no better.
                if (!objective.Accept(objective.Direction, objective.Rate)) return;
                if (objective.Evaluate(objective.Direction, objective.Rate, trial) < objective.Loss)
                {
                    objective.Remember(LastDamping, damping / Factor);
                    return;
                }
            }
            damping = Math.Min(damping * Factor, 1e280);
        }
        objective.Stay();
    }
}
