namespace Kiln;

/// <summary>
/// Says when a figure has stopped getting better: after so many reports in a row that are no better than the best so far. For lower learning rates
/// and for the end of a training.
/// </summary>
/// <example>
/// <code>
/// var (flat, end) = (new Plateau(patience: 3), new Plateau(patience: 10));
/// while (!end.Report(epoch.ValidationLoss!.Value))
/// {
///     if (flat.Report(epoch.ValidationLoss!.Value)) training.LearningRate *= 0.5;
///     epoch = (await training.Fit(x, y, validation: (otherX, otherY)))[0];
/// }
/// </code>
/// </example>
public sealed class Plateau
{
    private readonly bool higherIsBetter;

    /// <summary>Nothing was reported yet.</summary>
    /// <param name="patience">Reports in a row that may be no better, at least 0.</param>
    /// <param name="leastChange">What is better by less than this share of the best does not count, from 0 to below 1 (PyTorch's <c>threshold</c>, relative).</param>
    /// <param name="higherIsBetter">As of an accuracy; otherwise lower is better, as of a loss.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Plateau(int patience, double leastChange = 1e-4, bool higherIsBetter = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        if (leastChange is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(leastChange), leastChange, "leastChange must be at least 0 and below 1.");
        (Patience, LeastChange, this.higherIsBetter) = (patience, leastChange, higherIsBetter);
    }

    /// <summary>Reports in a row that may be no better.</summary>
    public int Patience { get; }

    /// <summary>The share of the best by which a figure must be better.</summary>
    public double LeastChange { get; }

    /// <summary>The best figure so far; NaN before the first.</summary>
    public double Best { get; private set; } = double.NaN;

    /// <summary>Whether the last report was the best so far: the moment to save.</summary>
    public bool IsBest { get; private set; }

    /// <summary>Reports since the best one, or since the last time that <see cref="Report"/> said so.</summary>
    public int Waited { get; private set; }

    /// <summary>Takes a figure. NaN is worse than every number.</summary>
    /// <param name="figure">Such as the validation loss of an epoch.</param>
    /// <returns>Whether patience has run out; it begins anew then.</returns>
    public bool Report(double figure)
    {
        IsBest = !double.IsNaN(figure) && (double.IsNaN(Best) || (higherIsBetter ? figure > Best + Math.Abs(Best) * LeastChange : figure < Best - Math.Abs(Best) * LeastChange));
        if (IsBest)
        {
            (Best, Waited) = (figure, 0);
            return false;
        }
        if (++Waited <= Patience) return false;
        Waited = 0;
        return true;
    }
}
