using System.Text.RegularExpressions;

namespace Kiln.House.Tests;

/// <summary>docs/coverage.md promises only what there is a file for.</summary>
public sealed partial class CoverageTests
{
    private static readonly string[][] Rows =
    [
        .. Repository.Read("docs/coverage.md").Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells[0] != "id" && cells[0].Trim('-', ':') != ""),
    ];

    [Fact]
    public void A_row_is_an_id_what_it_is_and_where_it_is_shown()
    {
        Assert.NotEmpty(Rows);
        Assert.All(Rows, cells => Assert.True(cells.Length == 3 && cells[1] != "" && FileNames().IsMatch(cells[2]), string.Join(" | ", cells)));
    }

    [Fact]
    public void Ids_are_a_letter_and_two_digits_in_order_each_once()
    {
        var ids = Rows.Select(cells => cells[0]).ToArray();
        Assert.All(ids, id => Assert.Matches("^[A-I][0-9]{2}$", id));
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void Every_file_it_names_exists()
    {
        var missing = FileNames().Matches(Repository.Read("docs/coverage.md")).Select(match => match.Groups[1].Value).Distinct().Where(file => !File.Exists(Repository.PathOf(file)));
        Assert.Empty(missing);
    }

    /// <summary>A file in backquotes, by its path from the root.</summary>
    [GeneratedRegex(@"`((?:tests|samples|benchmarks|src|docs)/[^`\s]+\.\w+)`")]
    private static partial Regex FileNames();
}
