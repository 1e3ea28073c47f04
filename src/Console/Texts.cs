using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kiln.Seeing;

/// <summary>What is shown, as plain lines and as tables. Names are shown as they are: none of them is read as markup.</summary>
/// <param name="validation">What the figure of the validation is called.</param>
/// <param name="isUnicode">Whether the console knows more than ASCII.</param>
internal sealed class Texts(string validation, bool isUnicode)
{
    private const int LongestBar = 40;

    private static readonly Style Quiet = new(Color.Grey), Done = new(Color.Green);

    /// <summary>An epoch in a plain line.</summary>
    public string Line(TrainingProgress progress)
    {
        var step = progress.IsEndOfEpoch ? "" : $"  step {progress.Step}/{progress.Steps}";
        return $"epoch {progress.Epoch}/{progress.Epochs}{step}  {string.Join("  ", Figures(progress).Select(f => $"{f.Name} {f.Text}"))}  {Rate(progress)} samples/s";
    }

    /// <summary>Before the first step.</summary>
    public IRenderable Begin(TrainingPlan plan) => Heading(plan);

    /// <summary>While it runs.</summary>
    /// <param name="plan">What it does.</param>
    /// <param name="epochs">Those that are done.</param>
    /// <param name="rows">The most of them that are shown: the latest.</param>
    /// <param name="now">The state.</param>
    /// <param name="left">Time to the end.</param>
    /// <param name="width">Of the console.</param>
    public IRenderable Display(TrainingPlan plan, List<TrainingProgress> epochs, int rows, TrainingProgress now, TimeSpan left, int width)
    {
        var content = new List<IRenderable> { Heading(plan) };
        if (epochs.Count > 0) content.Add(Table(epochs[^Math.Min(rows, epochs.Count)..], epochs));
        content.Add(Bar(now, left, width));
        content.Add(new Text($"{string.Join("  ", Figures(now).Select(f => $"{f.Name} {f.Text}"))}  {Rate(now)} samples/s"));
        return new Rows(content);
    }

    /// <summary>After the last step.</summary>
    /// <param name="plan">What it did.</param>
    /// <param name="epochs">All its epochs; the last one may have been cut short.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="time">What it took.</param>
    /// <param name="ended">What ended it before its time; null for nothing.</param>
    public IRenderable Result(TrainingPlan plan, List<TrainingProgress> epochs, long steps, TimeSpan time, string? ended)
    {
        var content = new List<IRenderable> { Heading(plan) };
        if (epochs.Count > 0) content.Add(Table(epochs, epochs));
        content.Add(new Text(Invariant($"{English.Count(steps, "step", "N0")} in {Time(time)}{(ended is null ? "" : $"; ended before its time: {ended}")}")));
        return new Rows(content);
    }

    private Paragraph Heading(TrainingPlan plan)
    {
        var numbers = plan.Parameters.Sum(p => (long)p.Length);
        return new Paragraph().Append(plan.Network, new Style(decoration: Decoration.Bold))
            .Append(Invariant($"  {English.Count(numbers, "parameter", "N0")}, {English.Count(plan.Samples, "sample", "N0")}, batches of {plan.Batch:N0}"), Quiet);
    }

    private Table Table(List<TrainingProgress> shown, List<TrainingProgress> all)
    {
        // A column for each figure that any epoch has, in the order in which they first come.
        var names = all.SelectMany(Figures).Select(f => f.Name).Distinct().ToArray();
        var table = new Table { Border = isUnicode ? TableBorder.Rounded : TableBorder.Ascii, BorderStyle = Quiet };
        foreach (var name in (string[])["epoch", .. names, "samples/s"]) table.AddColumn(new TableColumn(new Text(name)) { Alignment = Justify.Right, NoWrap = true });
        foreach (var epoch in shown)
        {
            var figures = Figures(epoch).ToDictionary(f => f.Name, f => f.Text);
            string[] cells = [epoch.IsEndOfEpoch ? Invariant($"{epoch.Epoch}") : Invariant($"{epoch.Epoch} to step {epoch.Step}"), .. names.Select(name => figures.GetValueOrDefault(name, "")), Rate(epoch)];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }
        return table;
    }

    private Paragraph Bar(TrainingProgress now, TimeSpan left, int width)
    {
        var (before, share) = (Invariant($"epoch {now.Epoch}/{now.Epochs} "), Math.Clamp((double)now.Step / Math.Max(now.Steps, 1), 0, 1));
        var after = Invariant($" {100 * share,3:F0}%  {Time(left)} left");
        var bar = Math.Clamp(width - before.Length - after.Length - 1, 1, LongestBar);
        var full = (int)(bar * share);
        return new Paragraph().Append(before).Append(new string(isUnicode ? '━' : '#', full), Done).Append(new string(isUnicode ? '━' : '-', bar - full), Quiet).Append(after);
    }

    /// <summary>All that is measured, each under a name of its own.</summary>
    private IEnumerable<(string Name, string Text)> Figures(TrainingProgress progress)
    {
        yield return ("loss", Number(progress.Loss));
        foreach (var (name, value) in progress.Metrics)
            if (name != "loss") yield return (name, Number(value));
        if (progress.ValidationLoss is { } loss) yield return ("validation loss", Number(loss));
        if (progress.Validation is { } figure) yield return (progress.Metrics.ContainsKey(validation) ? $"validation {validation}" : validation, Number(figure));
        if (progress.LearningRate is { } rate) yield return ("rate", rate.ToString("G4", CultureInfo.InvariantCulture));
    }

    private static string Number(double value) =>
        value.ToString(value == 0 || Math.Abs(value) is >= 1e-3 and < 1e6 || !double.IsFinite(value) ? "F4" : "0.000e+0", CultureInfo.InvariantCulture);

    private static string Rate(TrainingProgress progress) => Invariant($"{progress.SamplesPerSecond:N0}");

    private static string Time(TimeSpan time) =>
        time.TotalDays >= 1 ? Invariant($"{(long)time.TotalDays}d {time:hh\\:mm\\:ss}") : Invariant($"{(int)time.TotalHours}:{time:mm\\:ss}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
