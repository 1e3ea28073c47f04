using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// Nonlinear conjugate gradients by Polak and Ribière (1969), with β ← max(0, β) (PR+, Gilbert and Nocedal 1992): d ← −g + β d, where
/// β = gₖ₊₁·(gₖ₊₁ − gₖ) / gₖ·gₖ, and a line search for the strong Wolfe conditions (Nocedal and Wright 2006, section 5.2), which takes lengths from slopes rather than from
/// losses (the secant method; Hager and Zhang 2005). It starts anew from −g where d does not go down, where β is 0, and after as many steps as there are weights. It remembers one direction.
/// </summary>
public sealed class ConjugateGradient : FullBatchOptimizer
{
    // Numbers remembered.
    private const int Beta = 0, Decrease = 1, Steps = 2;

    private static readonly string[] DirectionSlot = ["direction"];

    /// <summary>Conjugate gradients.</summary>
    /// <param name="learningRate">Multiplies the length that the first step tries first, min(1, 1 / Σ|g|); at least 0. Later steps expect the decrease that the last one made.</param>
    /// <param name="flatter">
    /// The share of the slope that may be left at the end of a step, above 0.0001 and below 0.5. The smaller, the more often the loss is computed, and the nearer
    /// directions are to conjugate: a quadratic with n weights takes n steps then.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public ConjugateGradient(double learningRate = 1, double flatter = 0.1)
        : base(learningRate) => Flatter = Check(flatter, flatter is >= 1e-4 and < 0.5, nameof(flatter), "from 0.0001 to below 0.5");

    /// <summary>The share of the slope that may be left at the end of a step.</summary>
    public double Flatter { get; }

    internal override int Numbers => 3;

    private protected override ReadOnlySpan<string> Slots => DirectionSlot;

    internal override void Search(Objective objective)
    {
        var (gradient, direction) = (objective.Gradient, objective.Direction);
        var steepest = -Vectors.Dot(gradient, gradient);
        if (steepest == 0) return;
        var (beta, decrease, steps) = (objective.Recall(Beta), objective.Recall(Decrease), 0.0);
        var slope = Restart();
        if (beta > 0 && objective.Recall(Steps) < objective.Count)
        {
            steps = objective.Recall(Steps);
            objective.Recall(0, direction);
            for (var i = 0; i < direction.Length; i++) direction[i] = beta * direction[i] - gradient[i];
            slope = Vectors.Dot(gradient, direction);
        }
        if (!(slope < 1e-4 * steepest)) slope = Restart();

        var point = new LineSearch(objective, slope, Flatter, bySlopes: true).StrongWolfe(decrease > 0 ? objective.Rate * decrease / -slope : First());
        if (point.Length == 0 && slope != steepest)
        {
            slope = Restart();
            point = new LineSearch(objective, slope, Flatter, bySlopes: true).StrongWolfe(First());
        }
        if (point.Length == 0 || !objective.Accept(direction, point.Length))
        {
            objective.Remember(Beta, 0.0);
            objective.Remember(Decrease, 0.0);
            return;
        }
        var product = Vectors.Dot(point.Gradient, point.Gradient) - Vectors.Dot(point.Gradient, gradient);
        objective.Remember(Beta, Math.Max(0, product / -steepest));
        objective.Remember(Decrease, point.Length * -slope);
        objective.Remember(Steps, steps + 1);
        objective.Remember(0, direction);

        double Restart()
        {
            Vectors.Negate(gradient, direction);
            steps = 0;
            return steepest;
        }

        double First() => objective.Rate * Math.Min(1, 1 / Vectors.Sum(gradient));
    }
}
