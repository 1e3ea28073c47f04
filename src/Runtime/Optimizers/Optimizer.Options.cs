namespace Kiln;

// What every optimizer has besides its formula.
public abstract partial class Optimizer
{
    private double learningRate;
    private readonly double? clipNorm;
    private readonly double? clipValue;
    private readonly double? maxNorm;
    private readonly double? averageDecay;
    private readonly int accumulate = 1;
    private readonly ParameterGroup[] groups = [];

    /// <summary>Scales every update; may be changed between two steps. From 0 to 10¹⁸, by which every gradient that is taken can be multiplied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, larger, or not a number.</exception>
    public double LearningRate
    {
        get => learningRate;
        set => learningRate = Check(value, IsLearningRate(value), nameof(LearningRate), "from 0 to 1e18");
    }

    /// <summary>
    /// What <see cref="LearningRate"/> is multiplied by at each step; null for nothing. It counts the steps that each parameter took, which checkpoints keep.
    /// </summary>
    public Schedule? Schedule { get; init; }

    /// <summary>The learning rate times its <see cref="Schedule"/>.</summary>
    /// <param name="step">Steps taken before, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="InvalidOperationException">A schedule of the caller's own gave no finite factor of at least 0, or the product is above 10¹⁸.</exception>
    public double RateAt(long step) => RateAt(step, null);

    private double RateAt(long step, ParameterGroup? group)
    {
        var rate = LearningRate * (Schedule?.At(step) ?? 1) * (group?.Rate ?? 1);
        return IsLearningRate(rate) ? rate : throw new InvalidOperationException($"{Schedule}: expected a learning rate from 0 to 1e18 at step {step}, but {rate} came.");
    }

    /// <summary>
    /// Settings for some parameters: what PyTorch calls parameter groups. Of several groups that have a parameter the first counts. <c>Train</c> refuses a group that has none of the parameters
    /// that the optimizer moves. Default: none.
    /// </summary>
    /// <exception cref="ArgumentNullException">The list or a group is null.</exception>
    public IReadOnlyList<ParameterGroup> Groups
    {
        get => groups;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Groups));
            foreach (var group in value) ArgumentNullException.ThrowIfNull(group, nameof(Groups));
            groups = [.. value];
        }
    }

    /// <summary>
    /// Gradients are scaled down so that their Euclidean norm, over all parameters of a step together, is at most this (Pascanu,
    /// Mikolov, Bengio 2013; the factor is ClipNorm / (norm + 10⁻⁶), as in PyTorch). Null for no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double? ClipNorm
    {
        get => clipNorm;
        init => clipNorm = value is { } limit ? Check(limit, (float)limit > 0 && float.IsFinite((float)limit), nameof(ClipNorm), "above 0 and finite as a float") : null;
    }

    /// <summary>Every component of a gradient is clipped to ±this, before <see cref="ClipNorm"/>. Null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double? ClipValue
    {
        get => clipValue;
        init => clipValue = value is { } limit ? Check(limit, (float)limit > 0 && float.IsFinite((float)limit), nameof(ClipValue), "above 0 and finite as a float") : null;
    }

    /// <summary>
    /// After each step the incoming weights of every unit, a row of a dense layer's weight or the kernel of a channel out, are scaled down to this Euclidean norm
    /// if they are longer (Srebro and Shraibman 2005; with dropout: Srivastava et al. 2014). Biases and other parameters that are no matrix of a layer are
    /// left alone. Null for no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double? MaxNorm
    {
        get => maxNorm;
        init => maxNorm = value is { } limit ? Check(limit, (float)limit > 0 && float.IsFinite((float)limit), nameof(MaxNorm), "above 0 and finite as a float") : null;
    }

    /// <summary>Normal noise that is added to the gradients after clipping; null for none.</summary>
    public GradientNoise? GradientNoise { get; init; }

    /// <summary>
    /// A running mean of the parameters is kept: a ← decay · a + (1 − decay) · p after each step, beginning with the parameters of the first (Polyak and Juditsky 1992, with
    /// forgetting). <c>Training.SwapAverages</c> puts it in the place of the weights. From 0 to below 1; 0.999 is usual. Null for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside its range.</exception>
    public double? AverageDecay
    {
        get => averageDecay;
        init => averageDecay = value is { } decay ? CheckDecay(decay, nameof(AverageDecay)) : null;
    }

    /// <summary>
    /// Steps whose gradients are added up, each divided by this number, before the parameters move once: as one step with a batch as many times as large, but for
    /// statistics over the batch. Parts that are left over at an epoch's end go into the next. Default: 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int Accumulate
    {
        get => accumulate;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Accumulate));
            accumulate = value;
        }
    }

    /// <summary>The number of the first group that has a parameter; −1 for none.</summary>
    internal int GroupOf(string parameter) => Array.FindIndex(groups, group => group.Has(parameter));
}
