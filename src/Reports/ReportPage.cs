using System.Globalization;
using Kiln.Metrics;

namespace Kiln.Seeing;

/// <summary>The sections of a report. One without content is left out.</summary>
internal static class ReportPage
{
    private const int MostEpochs = 200, MostClasses = 30, MostConfusions = 30;

    public static string Of(TrainingReport report)
    {
        var page = new Page(report.Title ?? report.Plan?.Network ?? "Training");
        page.Say(report.State);
        AddFigures(page, report);
        AddLosses(page, report);
        AddCurves(page, "What is measured", "Means over the samples of an epoch, and the figure of the validation.", report.Figures, isLogarithmic: false);
        AddCurves(page, "Learning rate", "", report.Rates, isLogarithmic: false);
        AddCurves(page, "Gradient norms", "Of each parameter, before any clipping. Where they shrink by orders of magnitude from the last layers to the first, gradients vanish.", report.GradientNorms, isLogarithmic: true);
        AddCurves(page, "Update to weight ratios", "What a step changes, as a share of the parameter's norm. About a thousandth is usual.", report.UpdateRatios, isLogarithmic: true);
        if (report.Confusion is { } confusion && confusion.Matrix.Count > 0) AddConfusion(page, confusion.Matrix, confusion.Classes);
        AddSamples(page, report.Samples);
        AddEpochs(page, report);
        AddNetwork(page, report);
        return page.ToString();
    }

    private static void AddFigures(Page page, TrainingReport report)
    {
        var figures = new List<(string Name, string Value)>();
        if (report.Plan is { } plan)
        {
            figures.Add(("network", plan.Network));
            figures.Add(("parameters", Count(plan.Parameters.Sum(p => (long)p.Length))));
            figures.Add(("samples", Count(plan.Samples)));
            figures.Add(("batch", Count(plan.Batch)));
        }
        if (report.Latest is { } latest)
        {
            figures.Add(("steps of the training", Count(latest.TotalSteps)));
            figures.Add(("time", Invariant($"{(int)report.Time.TotalHours}:{report.Time:mm\\:ss}")));
            figures.Add(("samples/s", Count((long)Math.Clamp(latest.SamplesPerSecond, 0, 1e15))));
            figures.Add(("last loss", Page.Number(latest.Loss)));
            foreach (var (name, value) in latest.Metrics) figures.Add(($"last {name}", Page.Number(value)));
        }
        if (report.Epochs.LastOrDefault(e => e.Validation is not null) is { Validation: { } last } validated) figures.Add(($"last {report.ValidationCurve(validated)}", Page.Number(last)));
        var losses = report.Epochs.Where(e => e.ValidationLoss is { } loss && double.IsFinite(loss)).ToArray();
        if (losses.Length > 0 && losses.MinBy(e => e.ValidationLoss) is var best) figures.Add(("least validation loss", Invariant($"{Page.Number(best.ValidationLoss!.Value)}, epoch {best.Epoch}")));
        figures.AddRange(report.Added);
        if (figures.Count > 0) page.Add($"<dl>{string.Concat(figures.Select(f => $"<div><dt>{Page.Escape(f.Name)}</dt><dd>{Page.Escape(f.Value)}</dd></div>"))}</dl>");
    }

    private static void AddLosses(Page page, TrainingReport report)
    {
        var (steps, training, validation) = (report.Losses["each step"], report.Losses["training"], report.Losses["validation"]);
        var values = new[] { steps, training, validation }.SelectMany(c => c.Points).Select(p => p.Y).ToArray();
        if (values.Length == 0 && steps.NotFinite == 0) return;
        page.Head("Loss", "Grey: each step, or the mean over neighbouring steps where there are many. Training: the mean over the samples of an epoch.");
        if (values.Length > 0)
        {
            // Over more than a factor of 20 the lower end of a linear scale shows nothing.
            var chart = new LineChart("Loss over the epochs", isLogarithmic: values.Min() is > 0 and var least && values.Max() / least > 20);
            chart.Add(steps, isQuiet: true);
            chart.Add(training, hasMarks: true);
            chart.Add(validation, hasMarks: true);
            page.Add(chart.ToString());
        }
        SayNotFinite(page, [steps, training, validation]);
    }

    /// <summary>Charts of a few curves each, on one scale.</summary>
    private static void AddCurves(Page page, string heading, string note, CurveSet set, bool isLogarithmic)
    {
        var curves = set.All.Where(c => !c.IsEmpty || c.NotFinite > 0).ToArray();
        if (curves.Length == 0) return;
        page.Head(heading, note);
        var values = curves.SelectMany(c => c.Points).Select(p => p.Y).Where(y => !isLogarithmic || y > 0).ToArray();
        foreach (var few in curves.Chunk(LineChart.MostCurves))
        {
            var chart = new LineChart(Invariant($"{heading} over the epochs: {string.Join(", ", few.Select(c => c.Name))}"), isLogarithmic) { Limits = isLogarithmic && values.Length > 0 ? (values.Min(), values.Max()) : null };
            foreach (var curve in few) chart.Add(curve, hasMarks: !isLogarithmic && curve.Points.Take(101).Count() <= 100);
            page.Add(chart.ToString());
        }
        SayNotFinite(page, curves);
    }

    private static void SayNotFinite(Page page, IEnumerable<Curve> curves)
    {
        var lost = curves.Where(c => c.NotFinite > 0).Select(c => Invariant($"{c.Name}: {c.NotFinite:N0}")).ToArray();
        if (lost.Length > 0) page.Say($"Values that were no finite numbers are not drawn ({string.Join("; ", lost)}).");
    }

    // ---- Answers ----

    private static void AddConfusion(Page page, ConfusionMatrix matrix, IReadOnlyList<string> classes)
    {
        page.Head("Confusion matrix", Invariant($"{English.Count(matrix.Count, "sample", "N0")}, accuracy {Percent(matrix.Accuracy)}. A row for each label, a column for each answer; right answers are framed. A fuller shade is a larger share of the row; wrong answers have a scale of their own."));
        if (matrix.Classes <= MostClasses) AddMatrix(page, matrix, classes);
        else AddConfusions(page, matrix, classes);
    }

    private static void AddMatrix(Page page, ConfusionMatrix matrix, IReadOnlyList<string> classes)
    {
        var all = Enumerable.Range(0, matrix.Classes).ToArray();
        page.Add($"<div class=\"wide\"><table class=\"matrix\"><thead><tr><th scope=\"col\">label \\ answer</th>{string.Concat(all.Select(c => $"<th scope=\"col\">{Page.Escape(classes[c])}</th>"))}<th scope=\"col\">recall</th></tr></thead><tbody>");
        double ShareOf(int label, int answer) => (double)matrix[label, answer] / Math.Max(matrix.Samples(label), 1);
        var mostWrong = all.Max(label => all.Max(answer => label == answer ? 0 : ShareOf(label, answer)));
        foreach (var label in all)
        {
            page.Add($"<tr><th scope=\"row\">{Page.Escape(classes[label])}</th>{string.Concat(all.Select(answer => Cell(matrix[label, answer], ShareOf(label, answer) / (label == answer ? 1 : mostWrong), label == answer)))}<td class=\"sum\">{Percent(matrix.Recall(label))}</td></tr>");
        }
        page.Add($"<tr><th scope=\"row\">precision</th>{string.Concat(all.Select(c => $"<td class=\"sum\">{Percent(matrix.Precision(c))}</td>"))}<td></td></tr></tbody></table></div>");
    }

    private static string Cell(long count, double share, bool isRight)
    {
        // By the root, so that few are seen too.
        var shade = 0.6 * Math.Sqrt(share);
        var style = count == 0 ? "" : Invariant($" style=\"background: rgb(var(--{(isRight ? "right" : "wrong")}) / {shade:F2})\"");
        return $"<td{(isRight ? " class=\"diagonal\"" : "")}{style}>{(count == 0 ? "·" : Count(count))}</td>";
    }

    private static void AddConfusions(Page page, ConfusionMatrix matrix, IReadOnlyList<string> classes)
    {
        page.Say(Invariant($"Of {matrix.Classes:N0} classes, those pairs that are confused most."));
        var pairs =
            from label in Enumerable.Range(0, matrix.Classes)
            from answer in Enumerable.Range(0, matrix.Classes)
            where label != answer && matrix[label, answer] > 0
            orderby matrix[label, answer] descending
            select (string[])[$"{classes[label]} taken for {classes[answer]}", Count(matrix[label, answer]), Percent(matrix[label, answer] / (double)matrix.Samples(label))];
        page.Table(["label and answer", "samples", "share of the label"], pairs.Take(MostConfusions));
    }

    private static void AddSamples(Page page, IReadOnlyList<ReportSample> samples)
    {
        if (samples.Count == 0) return;
        page.Head("Samples", "With the right label, the network's answer and the loss.");
        page.Add("<div class=\"samples\">");
        foreach (var sample in samples)
        {
            // As near to 96 pixels as whole numbers let it be.
            var scale = Math.Max(1, (int)Math.Round(96.0 / Math.Max(sample.Height, sample.Width)));
            var address = Convert.ToBase64String(Png.Encode(sample.Pixels.Span, sample.Channels, sample.Height, sample.Width));
            page.Add($"<figure><img src=\"data:image/png;base64,{address}\" width=\"{sample.Width * scale}\" height=\"{sample.Height * scale}\" alt=\"{Page.Escape(sample.Label)}\"><figcaption>label <b>{Page.Escape(sample.Label)}</b><br>answer <b>{Page.Escape(sample.Answer)}</b><br>loss {Page.Number(sample.Loss)}</figcaption></figure>");
        }
        page.Add("</div>");
    }

    // ---- Tables ----

    private static void AddEpochs(Page page, TrainingReport report)
    {
        if (report.Epochs.Count == 0) return;
        page.Head("Epochs", report.Epochs.Count > MostEpochs ? Invariant($"The last {MostEpochs} of {report.Epochs.Count:N0}.") : "");
        var epochs = report.Epochs.TakeLast(MostEpochs).ToArray();
        var names = epochs.SelectMany(e => e.Metrics.Keys).Distinct().ToArray();
        string[] heads = ["epoch", "loss", .. names, "validation loss", report.ValidationCurve(epochs[^1]), "learning rate", "samples/s"];
        var rows = epochs.Select(e => (string[])[Count(e.Epoch), Page.Number(e.Loss), .. names.Select(name => e.Metrics.TryGetValue(name, out var value) ? Page.Number(value) : ""),
            Optional(e.ValidationLoss), Optional(e.Validation), Optional(e.LearningRate), Invariant($"{e.SamplesPerSecond:N0}")]).ToArray();
        // Columns without a number are left out.
        var used = Enumerable.Range(0, heads.Length).Where(i => rows.Any(row => row[i] != "")).ToArray();
        page.Table([.. used.Select(i => heads[i])], rows.Select(row => (string[])[.. used.Select(i => row[i])]));
    }

    private static void AddNetwork(Page page, TrainingReport report)
    {
        if (report.Plan is not { Parameters.Count: > 0 } plan) return;
        page.Head("Network", report.Statistics is { } at ? Invariant($"Norms are those of step {at.Step:N0}.") : "");
        string[] heads = report.Statistics is null ? ["parameter", "shape", "numbers"] : ["parameter", "shape", "numbers", "weight norm", "gradient norm", "update / weight"];
        var norms = report.Statistics?.Parameters.ToDictionary(p => p.Name);
        page.Table(heads, plan.Parameters.Select(p => (string[])[p.Name, p.Shape.Length == 0 ? "one number" : string.Join("×", p.Shape.ToArray()), Count(p.Length), .. Norms(p.Name)]));

        string[] Norms(string name) => norms is null ? [] : norms.TryGetValue(name, out var n)
            ? [Page.Number(n.WeightNorm), Page.Number(n.GradientNorm), n.WeightNorm > 0 ? Page.Number(n.UpdateNorm / n.WeightNorm) : ""] : ["", "", ""];
    }

    private static string Optional(double? value) => value is { } number ? Page.Number(number) : "";

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => double.IsNaN(share) ? "none" : Invariant($"{100 * share:F1}%");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
