using Kiln.Kernels;
using Kiln.Training;

namespace Kiln;

/// <summary>
/// Limited-memory BFGS (Liu and Nocedal 1989; the two loops of Nocedal and Wright 2006, algorithm 7.4): from the last steps s and the changes y of
/// the gradient it estimates the inverse Hessian, which starts as (s·y / y·y) I, and searches along −H⁻¹g for the strong Wolfe conditions. With the numbers of PyTorch's
/// <c>torch.optim.LBFGS(line_search_fn="strong_wolfe")</c>, whose path it follows. The gradients of a pair are of the same rows and random draws.
/// </summary>
public sealed class LBfgs : FullBatchOptimizer
{
    private const int Pairs = 0;

    // A pair with less curvature than this share of |s||y| says nothing.
    private const double Least = 1e-10;

    private readonly string[] _slots;

    /// <summary>L-BFGS.</summary>
    /// <param name="history">Pairs that are remembered, from 1 to 100; each takes twice the memory of the weights.</param>
    /// <param name="learningRate">Multiplies the length that a step tries first: min(1, 1 / Σ|g|) in the first, 1 in all others. At least 0.</param>
    /// <param name="flatter">The share of the slope that may be left at the end of a step, above 0.0001 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public LBfgs(int history = 10, double learningRate = 1, double flatter = 0.9)
        : base(learningRate)
    {
        History = (int)Check(history, history is >= 1 and <= 100, nameof(history), "from 1 to 100");
        Flatter = Check(flatter, flatter is >= 1e-4 and < 1, nameof(flatter), "from 0.0001 to below 1");
        _slots = [.. Enumerable.Range(0, history).SelectMany(i => new[] { $"step_{i}", $"change_{i}" })];
    }

    /// <summary>Pairs that are remembered.</summary>
    public int History { get; }

    /// <summary>The share of the slope that may be left at the end of a step.</summary>
    public double Flatter { get; }

    internal override int Numbers => 1;

    private protected override ReadOnlySpan<string> Slots => _slots;

    internal override void Search(Objective objective)
    {
        var (gradient, direction) = (objective.Gradient, objective.Direction);
        var steepest = -Vectors.Dot(gradient, gradient);
        if (steepest == 0) return;
        var pairs = objective.Recall(Pairs);
        Vectors.Negate(gradient, direction);
        if (pairs > 0) ApplyInverse(objective, pairs, direction);
        var slope = Vectors.Dot(gradient, direction);
        if (!(slope < 0)) slope = Restart();

        var point = Along(slope);
        if (point.Length == 0 && pairs > 0) point = Along(Restart());
        if (point.Length == 0 || !objective.Accept(direction, point.Length))
        {
            objective.Remember(Pairs, 0.0);
            return;
        }
        var (step, change) = (objective.Lend(), objective.Lend());
        for (var i = 0; i < step.Length; i++) (step[i], change[i]) = (objective.Change(i), point.Gradient[i] - gradient[i]);
        if (Vectors.Dot(step, change) > Least * Math.Sqrt(Vectors.Dot(step, step) * Vectors.Dot(change, change)))
        {
            var place = 2 * (int)(pairs % History);
            objective.Remember(place, step);
            objective.Remember(place + 1, change);
            pairs++;
        }
        objective.Remember(Pairs, pairs);

        double Restart()
        {
            Vectors.Negate(gradient, direction);
            pairs = 0;
            return steepest;
        }

        LineSearch.Point Along(double slope) =>
            new LineSearch(objective, slope, Flatter).StrongWolfe(objective.Rate * (pairs > 0 ? 1 : Math.Min(1, 1 / Vectors.Sum(gradient))));
    }

    /// <summary>direction ← H⁻¹ direction, by the pairs from the newest to the oldest and back.</summary>
    private void ApplyInverse(Objective objective, double pairs, double[] direction)
    {
        var (step, change) = (objective.Lend(), objective.Lend());
        var count = (int)Math.Min(pairs, History);
        Span<double> shares = stackalloc double[count];
        var scale = 0.0;
        for (var age = 0; age < count; age++)
        {
            var curvature = Recall(age);
            if (age == 0) scale = curvature / Vectors.Dot(change, change);
            shares[age] = Vectors.Dot(step, direction) / curvature;
            Vectors.Add(direction, -shares[age], change);
        }
        for (var i = 0; i < direction.Length; i++) direction[i] *= scale;
        for (var age = count - 1; age >= 0; age--)
        {
            var curvature = Recall(age);
            Vectors.Add(direction, shares[age] - Vectors.Dot(change, direction) / curvature, step);
        }

        double Recall(int age)
        {
            var place = 2 * (int)((pairs - 1 - age) % History);
            objective.Recall(place, step);
            objective.Recall(place + 1, change);
            return Vectors.Dot(step, change);
        }
    }
}
