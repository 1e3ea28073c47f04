namespace Kiln;

/// <summary>
/// What the learning rate is multiplied by at each step: <c>new Adam(1e-3) { Schedule = Schedule.Cosine(10_000).WarmUp(500) }</c>. A pure function of the
/// number of steps that were taken before, from 0, so that a training that is resumed goes on where it was. Past its end a schedule keeps its last value.
/// </summary>
public sealed class Schedule
{
    private readonly Func<long, double> factor;
    private readonly string text;

    private Schedule(string text, Func<long, double> factor) => (this.text, this.factor) = (text, factor);

    /// <summary>The factor of the learning rate at a step.</summary>
    /// <param name="step">Steps taken before, at least 0.</param>
    /// <returns>A finite number, at least 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="InvalidOperationException">A function of the caller's own gave a negative number, an infinite one or NaN.</exception>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var value = factor(step);
        return value >= 0 && double.IsFinite(value) ? value : throw new InvalidOperationException($"{text}: expected a finite factor of at least 0 at step {step}, but {value} came.");
    }

    /// <summary>How it was made.</summary>
    public override string ToString() => text;

    /// <summary>The same factor at every step.</summary>
    /// <param name="factor">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public static Schedule Constant(double factor = 1)
    {
        Check(factor, factor >= 0, nameof(factor), "at least 0");
        return new($"Constant({factor})", _ => factor);
    }

    /// <summary>A function of the caller's own.</summary>
    /// <param name="factor">Gives a finite factor of at least 0 for the number of steps taken before. It must depend on nothing else, or a resumed training goes on differently.</param>
    /// <exception cref="ArgumentNullException">There is none.</exception>
    public static Schedule Of(Func<long, double> factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return new("Schedule.Of", factor);
    }

    /// <summary>Falls every so many steps: factor^⌊t / every⌋, as PyTorch's <c>StepLR</c>.</summary>
    /// <param name="every">Steps between two falls, at least 1.</param>
    /// <param name="factor">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Schedule Steps(long every, double factor = 0.1)
    {
        CheckSteps(every, nameof(every));
        Check(factor, factor > 0, nameof(factor), "above 0");
        return new($"Steps({every}, {factor})", t => Math.Pow(factor, t / every));
    }

    /// <summary>Falls at given steps: by factor at each of them, as PyTorch's <c>MultiStepLR</c>.</summary>
    /// <param name="factor">Above 0.</param>
    /// <param name="milestones">Steps, ascending, each at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <exception cref="ArgumentException">There is no milestone, or they do not ascend.</exception>
    public static Schedule Milestones(double factor, params long[] milestones)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        Check(factor, factor > 0, nameof(factor), "above 0");
        if (milestones.Length == 0) throw new ArgumentException("Milestones: expected at least one.", nameof(milestones));
        for (var i = 0; i < milestones.Length; i++)
        {
            CheckSteps(milestones[i], $"milestones[{i}]");
            if (i > 0 && milestones[i] <= milestones[i - 1]) throw new ArgumentException($"Milestones: expected ascending steps, but {milestones[i]} follows {milestones[i - 1]}.", nameof(milestones));
        }
        var steps = milestones.ToArray();
        return new($"Milestones({factor}, {string.Join(", ", steps)})", t =>
        {
            var passed = 0;
            while (passed < steps.Length && steps[passed] <= t) passed++;
            return Math.Pow(factor, passed);
        });
    }

    /// <summary>Falls at every step: factor^t, as PyTorch's <c>ExponentialLR</c>.</summary>
    /// <param name="factor">Above 0, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public static Schedule Exponential(double factor)
    {
        Check(factor, factor is > 0 and <= 1, nameof(factor), "above 0 and at most 1");
        return new($"Exponential({factor})", t => Math.Pow(factor, t));
    }

    /// <summary>1 / (1 + decay · t), as Keras' <c>InverseTimeDecay</c>; the sum over all steps is infinite, that of the squares is not (Robbins, Monro 1951).</summary>
    /// <param name="decay">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public static Schedule InverseTime(double decay)
    {
        Check(decay, decay >= 0, nameof(decay), "at least 0");
        return new($"InverseTime({decay})", t => 1 / (1 + decay * t));
    }

    /// <summary>From 1 to the end: end + (1 − end) · (1 − t / steps)^power, as PyTorch's <c>PolynomialLR</c>; a straight line with power 1.</summary>
    /// <param name="steps">Steps until the end, at least 1.</param>
    /// <param name="power">Above 0.</param>
    /// <param name="end">The last factor, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Schedule Polynomial(long steps, double power = 1, double end = 0)
    {
        CheckSteps(steps, nameof(steps));
        Check(power, power > 0, nameof(power), "above 0");
        Check(end, end >= 0, nameof(end), "at least 0");
        return new($"Polynomial({steps}, {power}, {end})", t => end + (1 - end) * Math.Pow(1 - Share(t, steps), power));
    }

    /// <summary>Half a cosine from 1 to the end, as PyTorch's <c>CosineAnnealingLR</c> (Loshchilov, Hutter 2017).</summary>
    /// <param name="steps">Steps until the end, at least 1.</param>
    /// <param name="end">The last factor, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Schedule Cosine(long steps, double end = 0)
    {
        CheckSteps(steps, nameof(steps));
        Check(end, end >= 0, nameof(end), "at least 0");
        return new($"Cosine({steps}, {end})", t => Between(1, end, Share(t, steps)));
    }

    /// <summary>Half a cosine from 1 to the end, over and over again, as PyTorch's <c>CosineAnnealingWarmRestarts</c> (Loshchilov, Hutter 2017).</summary>
    /// <param name="steps">Steps of the first cycle, at least 1.</param>
    /// <param name="longer">How many times as long each cycle is as the one before, at least 1.</param>
    /// <param name="end">The factor that a cycle approaches, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Schedule CosineWithRestarts(long steps, int longer = 1, double end = 0)
    {
        CheckSteps(steps, nameof(steps));
        ArgumentOutOfRangeException.ThrowIfLessThan(longer, 1);
        Check(end, end >= 0, nameof(end), "at least 0");
        return new($"CosineWithRestarts({steps}, {longer}, {end})", t =>
        {
            var length = (double)steps;
            var within = (double)(longer == 1 ? t % steps : t);
            while (longer > 1 && within >= length)
            {
                within -= length;
                length *= longer;
            }
            return Between(1, end, within / length);
        });
    }

    /// <summary>
    /// Half a cosine up to 1 and half a longer one down, as PyTorch's <c>OneCycleLR</c> (Smith, Topin 2018): the learning rate is the largest one. <see cref="OneCycleMomentum"/> is its counterpart.
    /// </summary>
    /// <param name="steps">Steps of the cycle, at least 2.</param>
    /// <param name="rise">The share of the steps that it rises, above 0 and below 1.</param>
    /// <param name="start">It starts at 1 / this; at least 1.</param>
    /// <param name="end">It ends at 1 / (start · this); at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Schedule OneCycle(long steps, double rise = 0.3, double start = 25, double end = 1e4)
    {
        Check(start, start >= 1, nameof(start), "at least 1");
        Check(end, end >= 1, nameof(end), "at least 1");
        return Cycle($"OneCycle({steps}, {rise}, {start}, {end})", steps, rise, 1 / start, 1, 1 / (start * end));
    }

    /// <summary>The counterpart of <see cref="OneCycle"/> for a momentum: half a cosine from 1 down to the least while the rate rises, and up to 1 again.</summary>
    /// <param name="steps">Steps of the cycle, at least 2.</param>
    /// <param name="rise">The share of the steps that the rate rises, above 0 and below 1.</param>
    /// <param name="least">From 0 to 1; PyTorch's default goes from 0.95 to 0.85, which is 0.85 / 0.95 of a momentum of 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static Schedule OneCycleMomentum(long steps, double rise = 0.3, double least = 0.85 / 0.95)
    {
        Check(least, least is >= 0 and <= 1, nameof(least), "from 0 to 1");
        return Cycle($"OneCycleMomentum({steps}, {rise}, {least})", steps, rise, 1, least, 1);
    }

    /// <summary>Before this schedule begins, a straight line from the start to its first factor.</summary>
    /// <param name="steps">Steps of the line, at least 1; this schedule's own count from there.</param>
    /// <param name="start">The share of the first factor that the first step has, from 0 to 1. The default is 1 / steps, so that no step is lost.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Schedule WarmUp(long steps, double? start = null)
    {
        CheckSteps(steps, nameof(steps));
        var from = start ?? 1.0 / steps;
        Check(from, from is >= 0 and <= 1, nameof(start), "from 0 to 1");
        return new($"{text}.WarmUp({steps}, {from})", t => t >= steps ? At(t - steps) : At(0) * (from + (1 - from) * t / steps));
    }

    /// <summary>This schedule for so many steps, then another one, whose own steps count from there.</summary>
    /// <param name="steps">At least 1.</param>
    /// <param name="next">What follows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps.</exception>
    /// <exception cref="ArgumentNullException">There is no other.</exception>
    public Schedule Then(long steps, Schedule next)
    {
        CheckSteps(steps, nameof(steps));
        ArgumentNullException.ThrowIfNull(next);
        return new($"{text}.Then({steps}, {next})", t => t < steps ? At(t) : next.At(t - steps));
    }

    private static Schedule Cycle(string text, long steps, double rise, double start, double top, double end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        Check(rise, rise is > 0 and < 1, nameof(rise), "above 0 and below 1");
        // PyTorch's phases: the top is at step rise · steps − 1, the end at the last step.
        var (peak, last) = (rise * steps - 1, steps - 1.0);
        return new(text, t => t <= peak && peak > 0 ? Between(start, top, t / peak) : Between(top, end, Math.Min(1, (t - peak) / (last - peak))));
    }

    /// <summary>Half a cosine between two numbers.</summary>
    private static double Between(double from, double to, double share) => to + (from - to) * (1 + Math.Cos(Math.PI * share)) / 2;

    private static double Share(long step, long steps) => Math.Min(step, steps) / (double)steps;

    private static void Check(double value, bool valid, string name, string expected)
    {
        if (!valid || !double.IsFinite(value)) throw new ArgumentOutOfRangeException(name, value, $"{name} must be {expected} and finite.");
    }

    private static void CheckSteps(long steps, string name)
    {
        if (steps < 1) throw new ArgumentOutOfRangeException(name, steps, $"{name} must be at least 1 step.");
    }
}
