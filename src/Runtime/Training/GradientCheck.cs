using System.Globalization;
using Kiln.Data;

namespace Kiln;

/// <summary>How far the gradient of one parameter is from the quotient of differences.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="Checked">Elements that were compared.</param>
/// <param name="Error">The largest distance of a gradient from (L(w + h) − L(w − h)) / 2h.</param>
/// <param name="Scale">The largest gradient among the elements of the parameter.</param>
public sealed record GradientError(string Parameter, int Checked, double Error, double Scale)
{
    /// <summary>The error as a share of the scale; 0 where both are 0.</summary>
    public double Share => Error == 0 ? 0 : Error / Scale;
}

/// <summary>
/// Compares gradients with differences of the loss, for a network with layers of your own or a training loop you doubt:
/// <code>
/// var check = GradientCheck.Run(net, () => training.LearnGradients(x, y), () => training.LearnLoss(x, y), name => training.Gradients[name]);
/// Console.WriteLine(check);
/// </code>
/// Losses are single precision, so that a share of error of a percent is right, and one of a half is wrong. A ReLU or a maximum near its kink may be off by more.
/// </summary>
public sealed class GradientCheck
{
    private GradientCheck(IReadOnlyList<GradientError> errors) => Errors = errors;

    /// <summary>Of each trainable parameter, in the network's order.</summary>
    public IReadOnlyList<GradientError> Errors { get; }

    /// <summary>The parameter with the largest share of error.</summary>
    public GradientError Worst => Errors.MaxBy(e => e.Share)!;

    /// <summary>Compares. Weights are changed one at a time and are as they were at the end, even after an exception.</summary>
    /// <param name="network">Whose parameters are changed.</param>
    /// <param name="gradients">Computes the gradients, without an update.</param>
    /// <param name="loss">Computes the loss of the same rows, with the same random draws.</param>
    /// <param name="gradientOf">The gradient of a parameter, by name.</param>
    /// <param name="perParameter">Elements of each parameter to compare, at least 1; drawn by the seed.</param>
    /// <param name="step">h for weights up to 1 in magnitude, and that share of larger ones; above 0.</param>
    /// <param name="seed">Chooses the elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException">The network has no trainable parameter.</exception>
    public static GradientCheck Run(INetwork network, Action gradients, Func<float> loss, Func<string, ParameterView> gradientOf, int perParameter = 8, double step = 1e-2, Seed seed = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(gradientOf);
        ArgumentOutOfRangeException.ThrowIfLessThan(perParameter, 1);
        if (!(step > 0) || !double.IsFinite(step)) throw new ArgumentOutOfRangeException(nameof(step), step, "step must be above 0 and finite.");
        ParameterView[] trained = [.. network.AllParameters.Where(p => p.Info.Trainable && p.Length > 0)];
        if (trained.Length == 0) throw new ArgumentException("The network has no trainable parameter.", nameof(network));

        gradients();
        // All at once: the losses overwrite what gradients are computed from.
        var expected = Array.ConvertAll(trained, p => gradientOf(p.Name).ToArray());
        var random = new CounterRandom(seed.Value, 0);
        var errors = new List<GradientError>();
        for (var p = 0; p < trained.Length; p++)
        {
            var worst = 0.0;
            var count = Math.Min(perParameter, trained[p].Length);
            for (var n = 0; n < count; n++)
            {
                var index = count == trained[p].Length ? n : random.Below(trained[p].Length);
                // A NaN is the worst error there is.
                var error = Math.Abs(Difference(trained[p], index, loss, step) - expected[p][index]);
                worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
            }
            errors.Add(new(trained[p].Name, count, worst, expected[p].Max(g => Math.Abs((double)g))));
        }
        return new(errors);
    }

    /// <summary>A line for each parameter.</summary>
    public override string ToString() => string.Join('\n', Errors.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Parameter}: {e.Checked} checked, error {e.Error:G3} of {e.Scale:G3} ({e.Share:P2})")));

    private static double Difference(ParameterView parameter, int index, Func<float> loss, double step)
    {
        var weight = parameter[index];
        var h = step * Math.Max(1, Math.Abs(weight));
        // The weights there are, rather than those that were asked for.
        var (low, high) = ((float)(weight - h), (float)(weight + h));
        try
        {
            parameter[index] = high;
            double above = loss();
            parameter[index] = low;
            return (above - loss()) / ((double)high - low);
        }
        finally
        {
            parameter[index] = weight;
        }
    }
}
