using Kiln.Training;

namespace Kiln;

/// <summary>
/// Least squares by Levenberg (1944) and Marquardt (1963): w ← w − (JᵀJ + λI)⁻¹ Jᵀr, with the residuals r of all rows and their derivatives J. The damping λ follows
/// Nielsen (1999; Madsen, Nielsen, Tingleff 2004, "Methods for Non-Linear Least Squares Problems", algorithm 3.16). Where the loss falls, λ ← λ · max(⅓, 1 − (2ρ − 1)³), with ρ the
/// share of the fall that linear residuals promise. Where it does not, λ is multiplied by 2, then 4, then 8 …, and the step is tried again, up to thirty times. For programs that
/// return Residuals, and up to some hundred weights: a step takes about rows · weights² / 2 + weights³ / 6 multiplications.
/// </summary>
public sealed class LevenbergMarquardt : FullBatchOptimizer
{
    // The number remembered.
    private const int LastDamping = 0;

    private const int Most = 30;

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
        var (growth, rate) = (2.0, objective.Rate);
        var trial = objective.LendBut(objective.Gradient, objective.Gradient);
        for (var tries = 0; tries < Most; tries++)
        {
            damping = Math.Max(damping, least);
            if (equations.Solve(damping, objective.Direction))
            {
                // A step too short to change a weight: a longer one was no better.
                if (!objective.Accept(objective.Direction, rate)) return;
                var fall = objective.Loss - objective.Evaluate(objective.Direction, rate, trial);
                if (fall > 0)
                {
                    var share = fall * objective.Rows / equations.Promised(damping, objective.Direction, rate);
                    objective.Remember(LastDamping, damping * Math.Max(1.0 / 3, 1 - Math.Pow(2 * Math.Clamp(share, 0, 2) - 1, 3)));
                    return;
                }
            }
            damping = Math.Min(damping * growth, 1e280);
            growth *= 2;
        }
        objective.Stay();
    }
}
