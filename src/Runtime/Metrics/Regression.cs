namespace Kiln.Metrics;

/// <summary>How far predicted numbers are from the right ones. NaN among either makes the result NaN.</summary>
public static class Regression
{
    /// <summary>Σ |y − t| / n.</summary>
    /// <param name="predictions">y, one for each target.</param>
    /// <param name="targets">t, at least one.</param>
    /// <exception cref="ArgumentException">There are no targets, or not as many predictions.</exception>
    public static double MeanAbsoluteError(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        Check.Pairs(nameof(MeanAbsoluteError), nameof(predictions), predictions.Length, nameof(targets), targets.Length);
        var sum = 0.0;
        for (var i = 0; i < targets.Length; i++) sum += Math.Abs((double)predictions[i] - targets[i]);
        return sum / targets.Length;
    }

    /// <summary>Σ (y − t)² / n.</summary>
    /// <param name="predictions">y, one for each target.</param>
    /// <param name="targets">t, at least one.</param>
    /// <exception cref="ArgumentException">There are no targets, or not as many predictions.</exception>
    public static double MeanSquaredError(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        Check.Pairs(nameof(MeanSquaredError), nameof(predictions), predictions.Length, nameof(targets), targets.Length);
        return SquaredErrors(predictions, targets) / targets.Length;
    }

    /// <summary>
    /// R² = 1 − Σ (y − t)² / Σ (t − t̄)², the share of the targets' variance that is explained: 1 where all is right, 0 for a prediction of the mean t̄,
    /// below 0 for a worse one. Targets that are all the same have no variance: then 1 where all is right, else 0, as scikit-learn has it. Wright 1921.
    /// </summary>
    /// <param name="predictions">y, one for each target.</param>
    /// <param name="targets">t, at least one.</param>
    /// <exception cref="ArgumentException">There are no targets, or not as many predictions.</exception>
    public static double RSquared(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        Check.Pairs(nameof(RSquared), nameof(predictions), predictions.Length, nameof(targets), targets.Length);
        var (errors, variation) = (SquaredErrors(predictions, targets), Variation(targets));
        if (variation != 0 || double.IsNaN(errors)) return 1 - errors / variation;
        return errors == 0 ? 1 : 0;
    }

    private static double SquaredErrors(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        var sum = 0.0;
        for (var i = 0; i < targets.Length; i++) sum += ((double)predictions[i] - targets[i]) * ((double)predictions[i] - targets[i]);
        return sum;
    }

    /// <summary>Σ (t − t̄)², exactly 0 where all are the same.</summary>
    private static double Variation(ReadOnlySpan<float> targets)
    {
        // Relative to the first: the mean of equal numbers is then that number, without rounding.
        var mean = 0.0;
        foreach (var target in targets) mean += (double)target - targets[0];
        mean /= targets.Length;
        var sum = 0.0;
        foreach (var target in targets) sum += ((double)target - targets[0] - mean) * ((double)target - targets[0] - mean);
        return sum;
    }
}
