using Kiln.Data;
using Kiln.Metrics;

namespace Kiln.Samples.Mnist;

/// <summary>What shows how the training comes along: the console, and where it was asked for an HTML report and TensorBoard's event file.</summary>
internal sealed class Display(Settings settings) : IDisposable
{
    /// <summary>Norms of layers are taken of every so many steps.</summary>
    private const int StatisticsEvery = 50;

    private readonly TrainingReport? _report = settings.Report is null ? null : new() { ValidationName = "accuracy" };
    private readonly TensorBoardCallback? _events = settings.TensorBoard is null ? null : new(settings.TensorBoard) { HistogramsEvery = 1 };

    /// <param name="rate">Moves the learning rate.</param>
    public FitOptions Options(LinearDecay rate) => new()
    {
        Callbacks = [.. new TrainingCallback?[] { rate, _report, _events, new ConsoleProgress { ValidationName = "accuracy" } }.OfType<TrainingCallback>()],
        StatisticsEvery = _report is null && _events is null ? null : StatisticsEvery,
    };

    /// <summary>Writes the report, if there is to be one.</summary>
    public void Save(ImageSet test, float[] logits, int[] classes)
    {
        if (_report is null) return;
        var confusion = new ConfusionMatrix(test.Classes);
        confusion.Add(classes, test.Labels);
        _report.SetConfusion(confusion);
        _report.AddWorst(test, logits);
        _report.AddFigure("test accuracy", FormattableString.Invariant($"{100 * confusion.Accuracy:F2}%"));
        _report.Save(settings.Report!);
    }

    public void Dispose() => _events?.Dispose();
}

/// <summary>Lets the learning rate fall linearly from epoch to epoch: each has one.</summary>
/// <param name="set">Sets the rate to a share of the first epoch's.</param>
internal sealed class LinearDecay(Action<double> set) : TrainingCallback
{
    public override void OnBegin(TrainingPlan plan) => set(1);

    public override void OnEpoch(TrainingProgress progress)
    {
        if (progress.Epoch < progress.Epochs) set((double)(progress.Epochs - progress.Epoch) / progress.Epochs);
    }
}
