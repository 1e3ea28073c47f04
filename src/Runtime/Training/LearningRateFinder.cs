using System.Globalization;

namespace Kiln;

/// <summary>A step of a <see cref="LearningRateFinder"/>.</summary>
/// <param name="Rate">The learning rate it was made with.</param>
/// <param name="Loss">The loss before it, smoothed over the steps so far.</param>
public readonly record struct LearningRatePoint(double Rate, double Loss);

/// <summary>
/// Tries learning rates from low to high, one a step, and looks how the loss answers (Smith 2017: Cyclical learning rates for training neural networks, section 3.3). Afterwards the
/// training is as it was, in every bit: weights, optimizer, counters, rate.
/// <code>
/// var found = await LearningRateFinder.Run(training, options => training.Fit(x, y, epochs: 1000, options: options));
/// training.LearningRate = found.Suggestion;
/// </code>
/// </summary>
public sealed class LearningRateFinder
{
    /// <summary>What becomes of the mean of losses in each step, corrected for its start.</summary>
    private const double Memory = 0.9;

    /// <summary>The sweep ends where the smoothed loss is so many times the least.</summary>
    private const double Diverged = 4;

    private LearningRateFinder(IReadOnlyList<LearningRatePoint> points) => Points = points;

    /// <summary>The steps, by rising rates: up to the one where the loss ran away, if it did.</summary>
    public IReadOnlyList<LearningRatePoint> Points { get; }

    /// <summary>The rate at which the loss fell fastest, as a change per factor of the rate; the first rate where it never fell. A good one to begin with, or to let a schedule rise to.</summary>
    public double Suggestion
    {
        get
        {
            var (best, steepest) = (Points[0].Rate, 0.0);
            for (var i = 1; i < Points.Count; i++)
            {
                // Equal factors lie between the rates, so differences of losses are slopes.
                var slope = Points[i].Loss - Points[i - 1].Loss;
                if (slope < steepest) (best, steepest) = (Points[i].Rate, slope);
            }
            return best;
        }
    }

    /// <summary>Makes the steps.</summary>
    /// <param name="training">The training; it needs an optimizer, whose rate is swept. A schedule multiplies it as ever.</param>
    /// <param name="fit">Begins a Fit with the given options, of more epochs than the steps need.</param>
    /// <param name="lowest">The first rate, above 0.</param>
    /// <param name="highest">The last rate, above the first and at most 10¹⁸.</param>
    /// <param name="steps">Steps, at least 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException">The Fit made no step, such as one that was begun without the options.</exception>
    /// <exception cref="InvalidOperationException">The training has no optimizer.</exception>
    public static async Task<LearningRateFinder> Run(NetworkTraining training, Func<FitOptions, Task> fit, double lowest = 1e-6, double highest = 1, int steps = 100)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(fit);
        if (!(lowest > 0)) throw new ArgumentOutOfRangeException(nameof(lowest), lowest, "lowest must be above 0.");
        if (!(highest > lowest && Optimizer.IsLearningRate(highest))) throw new ArgumentOutOfRangeException(nameof(highest), highest, "highest must be above lowest and at most 1e18.");
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 10);

        // The rate first: without an optimizer nothing has been written.
        _ = training.LearningRate;
        var state = Path.Combine(Path.GetTempPath(), $"kiln.{Guid.NewGuid():N}.safetensors");
        training.Save(state);
        var sweep = new Sweep(training, lowest, highest, steps);
        try
        {
            training.LearningRate = lowest;
            await fit(new FitOptions { Callbacks = [sweep], MaxSteps = steps }).ConfigureAwait(false);
        }
        catch (NonFiniteException) when (sweep.Points.Count > 0)
        {
            // The rate was too high by far: that is what was to be found out.
        }
        finally
        {
            training.Load(state);
            File.Delete(state);
        }
        return sweep.Points.Count > 0 ? new(sweep.Points) : throw new ArgumentException("The Fit made no step with the options that were given to it.", nameof(fit));
    }

    /// <summary>A line for each step.</summary>
    public override string ToString() => string.Join('\n', Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Rate:G4} {p.Loss:G6}")));

    private sealed class Sweep(NetworkTraining training, double lowest, double highest, int steps) : TrainingCallback
    {
        private double _mean;
        private double _least = double.PositiveInfinity;

        public List<LearningRatePoint> Points { get; } = [];

        public override void OnStep(TrainingProgress progress)
        {
            _mean = Memory * _mean + (1 - Memory) * progress.StepLoss;
            var smoothed = _mean / (1 - Math.Pow(Memory, Points.Count + 1));
            Points.Add(new(progress.LearningRate!.Value, smoothed));
            _least = Math.Min(_least, smoothed);
            // Of a loss below zero no multiple is above it.
            if (smoothed - _least > (Diverged - 1) * Math.Abs(_least)) Stop();
            else if (Points.Count < steps) training.LearningRate = lowest * Math.Pow(highest / lowest, (double)Points.Count / (steps - 1));
        }
    }
}
