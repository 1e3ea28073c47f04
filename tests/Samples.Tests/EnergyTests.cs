extern alias energy;

using System.Globalization;
using System.Xml.Linq;
using energy::Kiln.Samples.Energy;
using energy::Kiln.Samples.Experiments;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Kiln.Samples.Tests;

/// <summary>Both models of samples/Energy, trained briefly on digits made here.</summary>
public sealed class EnergyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-energy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_machine_learns_by_contrastive_divergence()
    {
        var (outcome, sheets) = await Run("rbm", epochs: 3);
        Assert.Equal(["CD-1", "CD-20", "PCD-1"], outcome.Table.Rows.Select(row => row[0]));
        // Pixels that are black with probability one half have a cross-entropy of 543 nats.
        Assert.All(outcome.Table.Rows, row => Assert.InRange(Number(row[2]), 1, 190));
        Assert.All(outcome.Table.Rows, row => Assert.InRange(Number(row[3]), 99, 100));
        Assert.Equal(["chains-1", "chains-20", "chains-persistent", "filters-1", "filters-20", "filters-persistent"], sheets.Keys.Order(StringComparer.Ordinal));
        using var filters = Read(sheets["filters-1"]);
        Assert.Equal((300, 300), (filters.Width, filters.Height));
        using var chains = Read(sheets["chains-1"]);
        Assert.Equal((15 * 30, 3 * 30), (chains.Width, chains.Height));
        // Chains begin with noise, half of it black, and end with pixels of which most are white.
        Assert.InRange(Darkness(chains, 0), 0.45, 0.55);
        Assert.InRange(Darkness(chains, 2), 0.01, 0.3);
    }

    [Fact]
    public async Task An_auto_encoder_lowers_its_bound()
    {
        var (outcome, sheets) = await Run("vae", epochs: 5);
        Assert.Equal(["20", "2"], outcome.Table.Rows.Select(row => row[0]));
        Assert.All(outcome.Table.Rows, row =>
        {
            Assert.InRange(Number(row[2]), 1, 230);
            Assert.InRange(Number(row[4]), 0.1, 100);
            Assert.Equal(Number(row[2]), Number(row[3]) + Number(row[4]), 0.2);
        });
        Assert.Equal(["plane", "reconstructions", "samples"], sheets.Keys.Order(StringComparer.Ordinal));
        using var plane = Read(sheets["plane"]);
        Assert.Equal((450, 450), (plane.Width, plane.Height));
        using var reconstructions = Read(sheets["reconstructions"]);
        Assert.Equal((450, 180), (reconstructions.Width, reconstructions.Height));
        // A row of digits, and below it what becomes of them: about as much ink.
        for (var row = 0; row < 6; row += 2) Assert.Equal(Darkness(reconstructions, row), Darkness(reconstructions, row + 1), 0.06);
    }

    [Fact]
    public async Task A_cancelled_training_ends()
    {
        var bench = new Bench(data: null, quick: true, seed: 1, threads: 1, new CancellationToken(canceled: true));
        foreach (var model in Model.All) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => model.Run(bench, 1, (_, _) => { }));
    }

    [Fact]
    public void A_sheet_is_white_between_its_pictures()
    {
        var path = Path.Combine(_folder, "sheet.png");
        new Sheet(2, 1).Grey(Enumerable.Repeat(1f, 784).ToArray()).Signed(Enumerable.Repeat(-3f, 784).ToArray()).Write(path);
        using var image = Image.Load<Rgba32>(path);
        Assert.Equal((60, 30), (image.Width, image.Height));
        Assert.Equal(new Rgba32(255, 255, 255), image[0, 0]);
        Assert.Equal(new Rgba32(0, 0, 0), image[1, 1]);
        Assert.Equal(new Rgba32(0, 0, 0), image[28, 28]);
        Assert.Equal(new Rgba32(255, 255, 255), image[29, 28]);
        Assert.Equal(new Rgba32(33, 102, 172), image[31, 1]);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.975, 1.959964)]
    [InlineData(0.001, -3.090232)]
    public void A_quantile_is_where_the_share_lies_below(double share, float expected) => Assert.Equal(expected, Normal.Quantile(share), 1e-5f);

    private async Task<(Outcome Outcome, Dictionary<string, string> Sheets)> Run(string name, int epochs)
    {
        var sheets = new Dictionary<string, string>(StringComparer.Ordinal);
        var bench = new Bench(data: null, quick: true, seed: 1, threads: 1, CancellationToken.None);
        var outcome = await Model.All.Single(model => model.Name == name).Run(bench, epochs, (what, sheet) =>
        {
            sheets[what] = Path.Combine(_folder, what + ".png");
            sheet.Write(sheets[what]);
        });
        outcome.Write(_folder, name);
        Assert.Equal("svg", XDocument.Load(Path.Combine(_folder, name + ".svg")).Root!.Name.LocalName);
        return (outcome, sheets);
    }

    private static Image<Rgba32> Read(string path) => Image.Load<Rgba32>(path);

    /// <summary>The mean over a row of pictures: 0 is white.</summary>
    private static double Darkness(Image<Rgba32> sheet, int row)
    {
        var sum = 0.0;
        for (var y = 30 * row; y < 30 * row + 30; y++)
            for (var x = 0; x < sheet.Width; x++) sum += 255 - sheet[x, y].R;
        return sum / 255 / (sheet.Width / 30 * 28 * 28);
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
