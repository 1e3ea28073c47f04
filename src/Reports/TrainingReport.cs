using Kiln.Data;
using Kiln.Metrics;
using Kiln.Seeing;

namespace Kiln;

/// <summary>
/// Collects what a Fit measures, and writes it as an HTML page in one file: curves of losses, of what is monitored and of the learning rate, norms of layers where
/// <see cref="FitOptions.StatisticsEvery"/> asks for them, a table of epochs and one of parameters; a confusion matrix, samples and figures that are added. The page
/// refers to nothing outside of it and has no script.
/// </summary>
/// <remarks>
/// Its memory is limited: a curve keeps up to 1,000 points, as means over neighbours. Further runs of the training go on in the same report; where a run begins
/// again at an earlier epoch, what the report had from there on is dropped.
/// </remarks>
public sealed class TrainingReport : TrainingCallback
{
    private readonly TimeProvider _time;
    private long _began;
    private long _statistics = -1;

    /// <summary>An empty report.</summary>
    /// <param name="title">Of the page; null for the network's name.</param>
    /// <param name="time">Measures the training; null for the system's.</param>
    public TrainingReport(string? title = null, TimeProvider? time = null) => (Title, _time) = (title, time ?? TimeProvider.System);

    /// <summary>Title of the page; null for the network's name.</summary>
    public string? Title { get; }

    /// <summary>What the figure of the validation is called. Default: validation.</summary>
    /// <exception cref="ArgumentException">It is null or empty.</exception>
    public string ValidationName { get; init { ArgumentException.ThrowIfNullOrEmpty(value, nameof(ValidationName)); field = value; } } = "validation";

    internal TrainingPlan? Plan { get; private set; }

    internal string State { get; private set; } = "No run has begun.";

    internal TimeSpan Time { get; private set; }

    internal TrainingProgress? Latest { get; private set; }

    internal TrainingStatistics? Statistics { get; private set; }

    internal List<TrainingProgress> Epochs { get; } = [];

    internal CurveSet Losses { get; } = new();

    internal CurveSet Figures { get; } = new();

    internal CurveSet Rates { get; } = new();

    internal CurveSet GradientNorms { get; } = new();

    internal CurveSet UpdateRatios { get; } = new();

    internal List<(string Name, string Value)> Added { get; } = [];

    internal List<ReportSample> Samples { get; } = [];

    internal (ConfusionMatrix Matrix, IReadOnlyList<string> Classes)? Confusion { get; private set; }

    /// <inheritdoc/>
    public override void OnBegin(TrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (Plan, State, _began, _statistics) = (plan, "Under way.", _time.GetTimestamp(), -1);
    }

    /// <inheritdoc/>
    public override void OnStep(TrainingProgress progress)
    {
        Latest = progress;
        var x = PlaceOf(progress);
        while (Epochs is [.., var later] && PlaceOf(later) >= x) Epochs.RemoveAt(Epochs.Count - 1);
        Losses["each step"].Add(x, progress.StepLoss);
        if (progress.LearningRate is { } rate) Rates["learning rate"].Add(x, rate);
        if (progress.Statistics is not { } statistics || statistics.Step == _statistics) return;
        (_statistics, Statistics) = (statistics.Step, statistics);
        foreach (var parameter in statistics.Parameters)
        {
            GradientNorms[parameter.Name].Add(x, parameter.GradientNorm);
            if (parameter.WeightNorm > 0) UpdateRatios[parameter.Name].Add(x, parameter.UpdateNorm / parameter.WeightNorm);
        }
    }

    /// <inheritdoc/>
    public override void OnEpoch(TrainingProgress progress)
    {
        Latest = progress;
        var x = PlaceOf(progress);
        Epochs.Add(progress);
        Losses["training"].Add(x, progress.Loss);
        if (progress.ValidationLoss is { } loss) Losses["validation"].Add(x, loss);
        foreach (var (name, value) in progress.Metrics) Figures[name].Add(x, value);
        if (progress.Validation is { } figure) Figures[ValidationCurve(progress)].Add(x, figure);
    }

    /// <inheritdoc/>
    public override void OnEnd(IReadOnlyList<TrainingProgress> epochs) => End(Latest is { IsEndOfEpoch: false } cut
        ? FormattableString.Invariant($"Stopped in epoch {cut.Epoch}, after {cut.Step:N0} of {English.Count(cut.Steps, "step", "N0")}.") : Latest is { } last && last.Epoch < last.Epochs
        ? FormattableString.Invariant($"Stopped after epoch {last.Epoch} of {last.Epochs}.") : "Complete.");

    /// <inheritdoc/>
    public override void OnFailure(Exception exception)
    {
        var place = Latest is { } last ? FormattableString.Invariant($" in epoch {last.Epoch}, after step {last.Step:N0} of {last.Steps:N0}") : "";
        End(exception is OperationCanceledException ? $"Cancelled{place}." : $"Ended by an error{place}: {exception?.Message}");
    }

    /// <summary>Adds a figure to those at the page's head.</summary>
    /// <param name="name">What it is. One that was added before is replaced.</param>
    /// <param name="value">The figure.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public void AddFigure(string name, double value) => AddFigure(name, Page.Number(value));

    /// <inheritdoc cref="AddFigure(string, double)"/>
    public void AddFigure(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        Added.RemoveAll(f => f.Name == name);
        Added.Add((name, value));
    }

    /// <summary>Sets the confusion matrix that is shown. Later counts are shown too.</summary>
    /// <param name="matrix">The counts.</param>
    /// <param name="classes">A name for each class; null for their numbers.</param>
    /// <exception cref="ArgumentException">There is not a name for each class.</exception>
    public void SetConfusion(ConfusionMatrix matrix, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        Confusion = (matrix, Names(classes, matrix.Classes, nameof(classes)));
    }

    /// <summary>Adds a sample; samples are shown in the order in which they are added.</summary>
    /// <param name="sample">The sample.</param>
    /// <exception cref="ArgumentException">There is not a byte for each channel and pixel, or there are neither 1 nor 3 channels.</exception>
    public void AddSample(ReportSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.Channels is not (1 or 3)) throw new ArgumentException($"{nameof(AddSample)}: expected 1 or 3 channels, but {English.There(sample.Channels)}.", nameof(sample));
        if (sample.Height < 1 || sample.Width < 1 || sample.Pixels.Length != (long)sample.Channels * sample.Height * sample.Width)
            throw new ArgumentException($"{nameof(AddSample)}: expected {sample.Channels}×{sample.Height}×{sample.Width} bytes, but {English.There(sample.Pixels.Length)}.", nameof(sample));
        Samples.Add(sample);
    }

    /// <summary>Adds those images whose cross-entropy is largest, the worst first. One whose scores are not finite counts as infinitely bad.</summary>
    /// <param name="images">Images of 1 or 3 channels with their labels.</param>
    /// <param name="logits">For each image, a score for each class before the softmax.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="classes">A name for each class; null for their numbers.</param>
    /// <exception cref="ArgumentException">There is not a score for each image and class, or not a name for each class.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public void AddWorst(ImageSet images, ReadOnlySpan<float> logits, int count = 24, IReadOnlyList<string>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (logits.Length != (long)images.Count * images.Classes)
            throw new ArgumentException($"{nameof(AddWorst)}: expected {English.Count(images.Classes, "score")} for each of {English.Count(images.Count, "image")}, but {nameof(logits)} has {logits.Length}.", nameof(logits));
        var names = Names(classes, images.Classes, nameof(classes));
        foreach (var (image, answer, loss) in Worst.Of(logits, images.Labels, images.Classes, count))
            AddSample(new(images[image].ToArray(), images.Channels, images.Height, images.Width, names[images.Labels[image]], names[answer], loss));
    }

    /// <summary>Writes the page: after a run, or within one from a callback. A file of this name is replaced once the new one is whole.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">It cannot be written: the message has the path. A file of this name stays as it was.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = Path.GetFullPath(path);
        var temporary = $"{target}.{Path.GetRandomFileName()}.tmp";
        try
        {
            File.WriteAllText(temporary, ToHtml());
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Delete(temporary);
            throw new IOException($"{nameof(TrainingReport)}: {target} could not be written. {e.Message}", e);
        }
    }

    /// <summary>The page.</summary>
    public string ToHtml() => ReportPage.Of(this);

    /// <summary>The name of the curve of validation figures: one of its own where something monitored has the same.</summary>
    internal string ValidationCurve(TrainingProgress progress) => progress.Metrics.ContainsKey(ValidationName) ? $"validation {ValidationName}" : ValidationName;

    /// <summary>Epochs that are done, with the part of the one in progress.</summary>
    private static double PlaceOf(TrainingProgress progress) => progress.Epoch - 1 + (double)progress.Step / progress.Steps;

    private void End(string state)
    {
        // A run that was cancelled before it began, or whose end was told already.
        if (State != "Under way.") return;
        State = state;
        Time += _time.GetElapsedTime(_began);
    }

    private static IReadOnlyList<string> Names(IReadOnlyList<string>? classes, int count, string argument) =>
        classes is null ? [.. Enumerable.Range(0, count).Select(c => FormattableString.Invariant($"{c}"))]
        : classes.Count == count ? classes
        : throw new ArgumentException($"{nameof(TrainingReport)}: expected a name for each of {English.Count(count, "class")}, but {English.There(classes.Count)}.", argument);

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first exception is the one to know of.
        }
    }
}
