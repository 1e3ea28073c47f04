using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kiln.Data;
using Kiln.Metrics;

namespace Kiln.Seeing.Tests;

public sealed class TrainingReportTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kiln-report-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_report_has_all_sections_and_refers_to_nothing_outside()
    {
        using var net = new Small(seed: 1, batch: Small.Count);
        using var training = net.Train(new Adam(0.01), Small.Batch);
        var report = new TrainingReport { ValidationName = "accuracy of others" };
        await training.Fit(Small.Images, epochs: 3, validation: Small.Images, options: new() { Callbacks = [report], StatisticsEvery = 2 });
        var logits = new float[2 * Small.Count];
        net.Predict(Small.Images.Images, logits);
        var confusion = new ConfusionMatrix(2);
        confusion.Add(logits, Small.Images.Labels);
        report.SetConfusion(confusion, ["upper", "lower"]);
        report.AddWorst(Small.Images, logits, count: 5, ["upper", "lower"]);
        report.AddFigure("test error", 0.0123);
        report.AddFigure("test error", 0.25);

        var html = report.ToHtml();
        Assert.Equal(["Loss", "What is measured", "Learning rate", "Gradient norms", "Update to weight ratios", "Confusion matrix", "Samples", "Epochs", "Network"], Headings(html));
        Assert.DoesNotMatch(@"<script|https?:|\bsrc=""(?!data:)|<link|@import|url\(", html);
        var page = Parse(html);
        Assert.Contains("Complete.", html);
        Assert.Contains("<dt>test error</dt><dd>0.25</dd>", html);
        Assert.Equal(5, page.Descendants("img").Count());
        Assert.All(((INetwork)net).AllParameters, p => Assert.Contains(page.Descendants("th"), cell => cell.Value == p.Name));
        // Every chart says what it shows; every curve has a name beside it.
        Assert.All(Charts(html), chart => Assert.NotEqual("", chart.Attribute("aria-label")!.Value));
        Assert.All(Charts(html), chart => Assert.All(chart.Descendants("polyline"), line => Assert.Contains(chart.Elements("text"), text => text.Value.StartsWith(line.Value[..4], StringComparison.Ordinal))));
    }

    [Fact]
    public void Names_are_shown_and_never_read_as_html()
    {
        const string evil = "<script>alert('x')</script> & \"\u0001";
        var report = new TrainingReport(evil) { ValidationName = evil };
        Made.Run(report, 2, (_, progress) => progress with
        {
            Validation = 0.5,
            Metrics = new Dictionary<string, double> { ["<b>" + evil] = 1 },
            Statistics = new(progress.TotalSteps, [new(evil, 1, 1, 1)]),
        }, Made.Plan(network: evil));
        var confusion = new ConfusionMatrix(2);
        confusion.Add([1, 0], [0, 1]);
        report.SetConfusion(confusion, [evil, "b"]);
        report.AddFigure(evil, evil);
        report.AddSample(new(new byte[4], 1, 2, 2, evil, evil, 1));
        report.OnBegin(Made.Plan());
        report.OnFailure(new InvalidOperationException(evil));

        var html = report.ToHtml();
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<b><", html);
        Assert.DoesNotContain('\u0001', html);
        Assert.Contains("Ended by an error in epoch 2, after step 10 of 10: &lt;script&gt;", html);
        Parse(html);
    }

    [Fact]
    public void Values_that_are_no_numbers_are_counted_and_not_drawn()
    {
        var report = new TrainingReport();
        Made.Run(report, 3, (epoch, progress) => progress with
        {
            StepLoss = progress.Step == 5 ? double.NaN : progress.Loss,
            Validation = epoch == 2 ? double.PositiveInfinity : 0.5,
            Metrics = new Dictionary<string, double> { ["always"] = double.NaN, ["huge"] = epoch == 1 ? -1.7e308 : 1.7e308 },
            Statistics = new(progress.TotalSteps, [new("w", 0, 0, 1), new("v", 1, epoch == 1 ? 1e-300 : 1e300, 1)]),
        });
        var html = report.ToHtml();
        Assert.All(Charts(html).SelectMany(c => c.DescendantsAndSelf()).SelectMany(e => e.Attributes()), a => Assert.DoesNotMatch("NaN|Infinity|∞", a.Value));
        Assert.Contains("Values that were no finite numbers are not drawn (each step: 3)", html);
        Assert.Contains("(always: 3; validation: 1)", html);
        foreach (var place in Charts(html).SelectMany(c => c.Descendants("polyline")).SelectMany(Points)) Assert.InRange(place.Y, 0, 300);
    }

    [Fact]
    public void Many_steps_are_thinned_out_and_keep_their_mean()
    {
        var report = new TrainingReport();
        const int steps = 50_000;
        report.OnBegin(Made.Plan());
        for (var step = 1; step <= steps; step++) report.OnStep(new(1, 1, step, steps, 1, 1, null, null) { StepLoss = step % 2 + step / (double)steps });
        var line = Charts(report.ToHtml())[0].Descendants("polyline").Single();
        var points = Points(line).ToArray();
        Assert.InRange(points.Length, 500, 1000);
        // The mean of neighbours rises evenly: the noise of single steps is gone.
        for (var i = 1; i < points.Length; i++)
        {
            Assert.True(points[i].X > points[i - 1].X);
            Assert.True(points[i].Y <= points[i - 1].Y + 0.11);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0)]
    [InlineData(1e300)]
    public void Values_that_differ_by_rounding_alone_are_a_line_in_the_middle(double value)
    {
        var report = new TrainingReport();
        Made.Run(report, 4000, (epoch, progress) => progress with { Validation = epoch % 3 == 0 ? Math.BitIncrement(value) : value });
        var chart = Charts(report.ToHtml())[1];
        Assert.All(Points(chart.Descendants("polyline").Single()), point => Assert.Equal(136, point.Y, 0.2));
        Assert.InRange(chart.Elements("text").Count(), 5, 20);
    }

    [Fact]
    public async Task A_second_run_goes_on_and_one_from_an_earlier_step_replaces_what_follows_it()
    {
        using var net = new Small(seed: 1, batch: Small.Batch);
        using var training = net.Train(new Adam(0.01), Small.Batch);
        var checkpoint = Path.Combine(_root, "training.st");
        var report = new TrainingReport();
        var options = new FitOptions { Callbacks = [report] };
        await training.Fit(Small.Images, epochs: 2, options: options);
        training.Save(checkpoint);
        await training.Fit(Small.Images, epochs: 2, options: options);
        Assert.Equal(["1", "2", "3", "4"], Epochs(report));
        Assert.Equal(4 * Small.Steps, StepsOf(report));

        training.Load(checkpoint);
        await training.Fit(Small.Images, epochs: 1, options: options);
        Assert.Equal(["1", "2", "3"], Epochs(report));
        Assert.Equal(3 * Small.Steps, StepsOf(report));

        // A run that stops in mid-epoch is continued there.
        await training.Fit(Small.Images, epochs: 2, options: new() { Callbacks = [report], MaxSteps = 2 });
        Assert.Contains("Stopped in epoch 4, after 2 of 5 steps.", report.ToHtml());
        await training.Fit(Small.Images, epochs: 1, options: options);
        Assert.Equal(["1", "2", "3", "4"], Epochs(report));
        Assert.Equal(4 * Small.Steps, StepsOf(report));
        Assert.Contains("Complete.", report.ToHtml());

        static string[] Epochs(TrainingReport report) => [.. Parse(report.ToHtml()).Descendants("h2").Single(h => h.Value == "Epochs").ElementsAfterSelf("div").First().Descendants("tbody").Single().Descendants("th").Select(cell => cell.Value)];

        static int StepsOf(TrainingReport report) => Points(Charts(report.ToHtml())[0].Descendants("polyline").First()).Count();
    }

    [Fact]
    public async Task A_run_that_is_cancelled_says_so()
    {
        using var net = new Small(seed: 1, batch: Small.Batch);
        using var training = net.Train(new Adam(0.01), Small.Batch);
        using var cancellation = new CancellationTokenSource();
        var report = new TrainingReport();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.Fit(Small.Images, epochs: 3, options: new() { Callbacks = [report, new CancelAt(7, cancellation)] }, cancellation: cancellation.Token));
        Assert.Contains("Cancelled in epoch 2, after step 2 of 5.", report.ToHtml());
    }

    [Fact]
    public void An_empty_report_is_a_page()
    {
        var html = new TrainingReport().ToHtml();
        Assert.Contains("No run has begun.", html);
        Assert.Empty(Headings(html));
        Parse(html);
    }

    [Fact]
    public void The_worst_samples_come_first_with_their_cross_entropy()
    {
        var images = new ImageSet(new byte[3 * 4], [0, 1, 0], channels: 1, height: 2, width: 2, classes: 2);
        var report = new TrainingReport();
        report.AddWorst(images, [2, 0, 2, 0, float.NaN, 1], count: 2);
        var captions = Parse(report.ToHtml()).Descendants("figcaption").Select(c => c.Value).ToArray();
        Assert.Equal(2, captions.Length);
        Assert.StartsWith("label 0", captions[0]);
        Assert.EndsWith($"loss {double.PositiveInfinity.ToString(CultureInfo.InvariantCulture)}", captions[0]);
        Assert.Equal($"label 1answer 0loss {Math.Log(1 + Math.Exp(2)).ToString("0.###", CultureInfo.InvariantCulture)}", captions[1]);
    }

    [Fact]
    public void Of_very_many_classes_the_pairs_are_listed_that_are_confused_most()
    {
        var confusion = new ConfusionMatrix(100);
        confusion.Add([1, 1, 3, 5], [0, 0, 2, 5]);
        var report = new TrainingReport();
        report.SetConfusion(confusion);
        var html = report.ToHtml();
        Assert.True(html.IndexOf("0 taken for 1", StringComparison.Ordinal) < html.IndexOf("2 taken for 3", StringComparison.Ordinal));
        Assert.DoesNotContain("class=\"matrix\"", html);
    }

    [Fact]
    public void Saving_replaces_a_file_and_a_failure_leaves_it()
    {
        var path = Path.Combine(_root, "page.html");
        File.WriteAllText(path, "old");
        var report = new TrainingReport("first");
        report.Save(path);
        Assert.Equal(report.ToHtml(), File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_root));

        // A folder of this name cannot be replaced.
        var folder = Directory.CreateDirectory(Path.Combine(_root, "folder")).FullName;
        Assert.Contains(folder, Assert.Throws<IOException>(() => report.Save(folder)).Message);
        Assert.Contains("nowhere", Assert.Throws<IOException>(() => report.Save(Path.Combine(_root, "nowhere", "page.html"))).Message);
        Assert.Equal([path], Directory.GetFiles(_root));
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        var report = new TrainingReport();
        Assert.Contains("expected 1×2×2 bytes", Assert.Throws<ArgumentException>(() => report.AddSample(new(new byte[3], 1, 2, 2, "", "", 0))).Message);
        Assert.Contains("1 or 3 channels", Assert.Throws<ArgumentException>(() => report.AddSample(new(new byte[8], 2, 2, 2, "", "", 0))).Message);
        Assert.Contains("a name for each of 2 classes", Assert.Throws<ArgumentException>(() => report.SetConfusion(new ConfusionMatrix(2), ["a"])).Message);
        Assert.Contains("expected 2 scores for each of 40 images", Assert.Throws<ArgumentException>(() => report.AddWorst(Small.Images, new float[3])).Message);
        Assert.Throws<ArgumentException>(() => report.AddFigure("", 1));
    }

    private static string[] Headings(string html) => [.. Parse(html).Descendants("h2").Select(h => h.Value)];

    private static XElement[] Charts(string html) => [.. Parse(html).Descendants("svg")];

    private static IEnumerable<(double X, double Y)> Points(XElement line) =>
        from point in line.Attribute("points")!.Value.Split(' ')
        let numbers = (double[])[.. point.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture))]
        select (numbers[0], numbers[1]);

    /// <summary>The page's body, which is XML but for elements that have no end.</summary>
    private static XElement Parse(string html) => XElement.Parse(Regex.Replace(html[html.IndexOf("<body>", StringComparison.Ordinal)..html.IndexOf("</html>", StringComparison.Ordinal)], "<(img[^>]*|br)>", "<$1/>"));

    private sealed class CancelAt(long step, CancellationTokenSource source) : TrainingCallback
    {
        public override void OnStep(TrainingProgress progress)
        {
            if (progress.TotalSteps == step) source.Cancel();
        }
    }
}
