using System.Text.RegularExpressions;

namespace Kiln.House.Tests;

/// <summary>Pages and sources agree with each other and speak of no particular machine.</summary>
public sealed class TextTests
{
    [Fact]
    public void Every_diagnostic_has_a_page_and_every_page_a_diagnostic()
    {
        var sources = Repository.Files("src/Generators/Diagnostics").Concat(Repository.Files("src/Package/build", ".props")).Concat(Repository.Files("src/Package/buildTransitive", ".targets")).Concat(Repository.Files("src/Gpu/build", ".targets"))
            .Append("src/Runtime/Training/NotGenerated.cs");
        var reported = sources.SelectMany(file => Regex.Matches(Repository.Read(file), "\"(KILN[0-9]{3})\"")).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        var pages = Repository.Files("docs/diagnostics", ".md").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
        Assert.Equal(reported, pages);
    }

    [Fact]
    public void A_page_of_a_diagnostic_has_its_name() =>
        Assert.All(Repository.Files("docs/diagnostics", ".md"), file => Assert.StartsWith($"# {Path.GetFileNameWithoutExtension(file)}", Repository.Read(file)));

    /// <summary>Folders of somebody's machine; .ci alone may name those of every machine.</summary>
    [Fact]
    public void No_file_has_a_path_of_a_machine()
    {
        var machine = new Regex(@"(?<![\w./*])/(home|root|tmp|Users)/\w|\b[A-Z]:\\(Users|Projects)\b");
        var found = Repository.TextFiles.Where(file => !file.StartsWith(".ci/", StringComparison.Ordinal) && machine.IsMatch(Repository.Read(file)));
        Assert.Empty(found);
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var broken =
            from file in Repository.Files("docs", ".md").Append("README.md").Where(file => File.Exists(Repository.PathOf(file)))
            from Match link in Regex.Matches(Repository.Read(file), @"\]\(([^)#\s]+)(#[^)]*)?\)")
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, target))
            select $"{file}: {target}";
        Assert.Empty(broken);
    }
}
