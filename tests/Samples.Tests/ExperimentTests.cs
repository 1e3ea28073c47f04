using System.Globalization;
using System.Xml.Linq;
using Kiln.Data;
using Kiln.Samples.Experiments;

namespace Kiln.Samples.Tests;

/// <summary>Every experiment, done briefly on digits made here.</summary>
public sealed class ExperimentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-experiments-").FullName;

    public static TheoryData<string> Names => [.. Catalogue.All.Select(experiment => experiment.Name)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_experiment_writes_its_table_and_its_picture(string name)
    {
        var outcome = Run(name);
        outcome.Write(_folder, name);
        Assert.NotEmpty(outcome.Table.Rows);
        Assert.DoesNotContain(outcome.Table.Rows, row => row.Contains("NaN"));
        Assert.Equal(outcome.Table.ToMarkdown(), File.ReadAllText(Path.Combine(_folder, name + ".md")));
        Assert.Equal(outcome.Table.Rows.Count + 1, File.ReadAllLines(Path.Combine(_folder, name + ".csv")).Length);

        var picture = XDocument.Load(Path.Combine(_folder, name + ".svg"));
        Assert.Equal("svg", picture.Root!.Name.LocalName);
        Assert.Contains("prefers-color-scheme: dark", picture.Root.Value);
        Assert.Contains(picture.Descendants(), element => element.Name.LocalName == "polyline" && Style(element).Contains("stroke:var(--c0)"));
        Assert.DoesNotContain(picture.Descendants(), element => Style(element).Contains("rgb(1,2,"));
        Assert.DoesNotContain(picture.Descendants().Attributes(), attribute => !attribute.IsNamespaceDeclaration && attribute.Value.Contains("http"));
        var names = picture.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void A_sigmoid_networks_gradient_vanishes_and_a_rectifiers_does_not()
    {
        var rows = Run("vanishing").Table.Rows;
        Assert.All(rows.Where(row => row[0].StartsWith("sigmoid", StringComparison.Ordinal)), row => Assert.True(Number(row[1]) * 10 < Number(row[5])));
        Assert.All(rows.Where(row => row[0].StartsWith("ReLU", StringComparison.Ordinal)), row => Assert.True(Number(row[1]) * 10 > Number(row[5])));
    }

    [Fact]
    public void A_penalty_on_activations_makes_more_of_them_zero()
    {
        var rows = Run("sparsity").Table.Rows;
        Assert.True(Number(rows[^1][1]) > Number(rows[0][1]) + 10);
    }

    [Fact]
    public void The_cross_entropy_leaves_saturation_sooner()
    {
        var rows = Run("saturation").Table.Rows;
        Assert.All(rows, row => Assert.True(Number(row[5]) < Number(row[4])));
        // σ(z)² has the gradient 2 σ(z) · σ(z) (1 − σ(z)); the cross-entropy with 0 has σ(z).
        foreach (var row in rows)
        {
            var output = 1 / (1 + Math.Exp(-Number(row[0])));
            Assert.Equal(2 * output * output * (1 - output), Number(row[2]), 1e-3 * output);
            Assert.Equal(output, Number(row[3]), 1e-3 * output);
        }
    }

    [Fact]
    public void Clipping_keeps_updates_below_the_limit()
    {
        var rows = Run("clipping").Table.Rows;
        Assert.True(Number(rows[0][3]) > 10 * Clipping.Limit);
        Assert.True(Number(rows[1][2]) > 10 * Clipping.Limit);
        Assert.True(Number(rows[1][3]) <= Clipping.Limit * 1.01);
    }

    [Fact]
    public void Gradient_descent_without_momentum_stays_at_the_saddle()
    {
        var rows = Run("optimizers").Table.Rows;
        Assert.All(rows, row => Assert.Equal(row[0] == "SGD", row[4].StartsWith("more than", StringComparison.Ordinal)));
        Assert.True(Number(rows.Single(row => row[0] == "Nesterov")[2]) < Number(rows.Single(row => row[0] == "SGD")[2]));
    }

    [Fact]
    public void More_units_come_nearer()
    {
        var rows = Run("approximation").Table.Rows;
        Assert.All(Enumerable.Range(1, 4), column => Assert.True(Number(rows[^1][column]) < Number(rows[0][column])));
    }

    [Fact]
    public void Networks_of_any_depth_have_nearly_the_same_number_of_parameters()
    {
        var parameters = Run("depth").Table.Rows.Select(row => Number(row[1])).ToList();
        Assert.All(parameters[..4], count => Assert.Equal(20_000, count, 300.0));
        Assert.All(parameters[4..], count => Assert.Equal(80_000, count, 600.0));
    }

    [Fact]
    public void More_digits_and_more_numbers_are_better()
    {
        var amount = Run("amount").Table.Rows;
        Assert.All((int[])[3, 5], column => Assert.True(Number(amount[^1][column]) < Number(amount[0][column])));
        var projection = Run("projection").Table.Rows;
        Assert.True(Number(projection[0][2]) < Number(projection[1][2]));
        Assert.True(Number(projection[0][3]) < Number(projection[1][3]));
    }

    /// <summary>Two numbers say all of images that two numbers made; one does not.</summary>
    [Fact]
    public void Principal_components_are_the_directions_there_are()
    {
        var pixels = Enumerable.Range(0, 100).SelectMany(n => (byte[])[(byte)(n * 37 % 100), (byte)(n * 37 % 100), (byte)(n * 53 % 200), (byte)(255 - n * 53 % 200), 7, 0]).ToArray();
        var components = new PrincipalComponents(new ImageSet(pixels, new int[100], 1, 2, 3, 1), 2);
        var errors = pixels.Chunk(6).Select(image => (One: components.Error(image, 1), Two: components.Error(image, 2))).ToList();
        Assert.All(errors, error => Assert.Equal(0, error.Two, 1e-12));
        Assert.True(errors.Average(error => error.One) > 0.01);
    }

    [Fact]
    public void A_table_is_quoted_where_its_readers_need_it()
    {
        var table = new Table("name", "value");
        table.Add("a, \"b\"", 1.23456);
        Assert.Equal("name,value\r\n\"a, \"\"b\"\"\",1.235\r\n", table.ToCsv());
        Assert.Throws<ArgumentException>(() => table.Add("one cell"));

        var bars = new Table("|x|");
        bars.Add("1");
        Assert.Equal("| \\|x\\| |\n| ----- |\n| 1     |\n", bars.ToMarkdown());
    }

    [Fact]
    public void Too_few_digits_are_told()
    {
        var bench = new Bench(data: null, quick: true, seed: 1, threads: 1, CancellationToken.None);
        var error = Assert.Throws<InvalidDataException>(() => bench.Learn(Bench.Part(bench.Train, 0, 7), 8, 1, (_, _) => 0, (_, _) => true));
        Assert.Contains("at least 8 training digits, but there are 7", error.Message);
    }

    [Fact]
    public void A_cancelled_experiment_ends() => Assert.Throws<OperationCanceledException>(() =>
        Catalogue.All.Single(experiment => experiment.Name == "sparsity").Run(new Bench(data: null, quick: true, seed: 1, threads: 1, new CancellationToken(canceled: true))));

    private static Outcome Run(string name) =>
        Catalogue.All.Single(experiment => experiment.Name == name).Run(new Bench(data: null, quick: true, seed: 1, threads: 1, CancellationToken.None));

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static string Style(XElement element) => element.Attribute("style")?.Value ?? "";
}
