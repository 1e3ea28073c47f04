using System.Net;
using System.Text.RegularExpressions;
using Kiln.Data;
using Kiln.Samples.Networks;

namespace Kiln.Samples.Tests;

public sealed partial class SeeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-see-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_page_holds_all_it_shows()
    {
        var digits = Digits.Generate(200, seed: 1);
        using var viewer = DigitViewer.Start();
        var page = new ViewerPage(viewer, digits, digits, [.. Enumerable.Range(0, 10).Select(digit => $"the <{digit}>")]).Write("How it came.");
        Assert.Equal(16, Regex.Count(page, "<figcaption>filter [0-9]+</figcaption>"));
        Assert.Equal(10 * 3, Regex.Count(WebUtility.HtmlDecode(page), "<figcaption>conv[123]: (16|32|48) maps of (28×28|14×14|7×7),"));
        Assert.Equal(3 * 8 + 10, Regex.Count(page, "<div class=\"unit\">"));
        Assert.Equal((3 * 8 + 10) * 9, Regex.Count(page, "alt=\"training image [0-9]+\""));
        Assert.Contains("the &lt;7&gt;", page);
        Assert.DoesNotContain("the <7>", page);
        Assert.All(Address().Matches(page), address => Assert.StartsWith("data:image/png;base64,", address.Groups[1].Value));
        var text = Address().Replace(page, "");
        Assert.DoesNotContain("http", text);
        Assert.DoesNotContain("NaN", text);
    }

    [Fact]
    public void Photographs_have_filters_of_three_planes()
    {
        var images = new ImageSet([.. Enumerable.Range(0, 12 * 3072).Select(i => (byte)(i * 37 >> 3))], (int[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1], 3, 32, 32, 10);
        using var viewer = PhotographViewer.Start();
        var page = new ViewerPage(viewer, images, images, [.. Enumerable.Range(0, 10).Select(i => $"class {i}")]).Write("");
        Assert.Equal(16, Regex.Count(page, "alt=\"colours and planes of filter [0-9]+\""));
        Assert.Equal(10, Regex.Count(WebUtility.HtmlDecode(page), "conv3: 48 maps of 8×8"));
    }

    [Fact]
    public void Ascent_makes_a_unit_more_excited_and_moves_no_weight()
    {
        using var viewer = DigitViewer.Start();
        var before = viewer.Network.AllParameters.SelectMany(p => p.ToArray()).ToArray();
        int[] units = [0, 3, 9];
        for (var layer = 0; layer < 4; layer++)
        {
            var nothing = viewer.Excite[layer](new float[3 * 784], units);
            var pictures = viewer.Imagine(layer, units, 784);
            Assert.True(viewer.Excite[layer](pictures, units) < nothing, $"layer {layer}");
        }
        Assert.Equal(before, viewer.Network.AllParameters.SelectMany(p => p.ToArray()));
    }

    [Fact]
    public void Peaks_are_the_largest_values_of_a_map()
    {
        var digits = Digits.Generate(100, seed: 3);
        using var viewer = DigitViewer.Start();
        var peaks = Strongest.Find(viewer.Network, digits, count: 4);
        Assert.Equal([16, 32, 48, 10], peaks.Select(layer => layer.Length));
        var all = Maps.Of(viewer.Network, digits.Images, 100, 28);
        for (var map = 0; map < 32; map++)
        {
            var values = Enumerable.Range(0, 100).Select(image => all.Layers[1].AsSpan((image * 32 + map) * 196, 196).ToArray()).ToArray();
            Assert.Equal(values.Select(v => v.Max()).OrderDescending().Take(4), peaks[1][map].Select(peak => peak.Value));
            Assert.All(peaks[1][map], peak => Assert.Equal(peak.Value, values[peak.Image][peak.Y * 14 + peak.X]));
        }
    }

    [Fact]
    public async Task Weights_are_saved_and_loaded()
    {
        var (weights, page) = (Path.Combine(_folder, "weights"), Path.Combine(_folder, "page.html"));
        using (var viewer = DigitViewer.Start())
            viewer.Network.Save(weights);
        var command = SeeCommand.Parse([page, "--load", weights]);
        Assert.Equal(0, command.Epochs);
        await command.Run();
        Assert.Contains("loaded from a checkpoint. Of 1,000 digits that the library draws, kept for the test,", await File.ReadAllTextAsync(page));
        await Assert.ThrowsAnyAsync<IOException>(SeeCommand.Parse([page, "--load", weights + "2"]).Run);
        await Assert.ThrowsAnyAsync<IOException>(SeeCommand.Parse([page, "--data", Path.Combine(_folder, "none")]).Run);
    }

    [Theory]
    [InlineData("see: expected the page's file first")]
    [InlineData("see: expected the page's file first", "--data", "folder")]
    [InlineData("there is no folder", "nowhere/page.html")]
    [InlineData("'.' is a folder; a file was expected", ".")]
    [InlineData("see: '--size' is no option; --help lists them", "page.html", "--size", "3")]
    [InlineData("see: --data needs a value", "page.html", "--epochs", "1", "--data")]
    [InlineData("see: --load needs a value", "page.html", "--load", "")]
    [InlineData("see: --epochs -1: expected a number of at least 0", "page.html", "--epochs", "-1")]
    [InlineData("see: --save: there is no folder", "page.html", "--save", "nowhere/weights")]
    public void What_is_no_command_is_refused_with_the_reason(string message, params string[] arguments) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => SeeCommand.Parse(arguments)).Message);

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Address();
}
