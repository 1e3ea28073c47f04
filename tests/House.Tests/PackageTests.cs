using System.Xml.Linq;

namespace Kiln.House.Tests;

/// <summary>`dotnet pack` at the root makes the package, the templates, and the packages beside it: each has what would give it a dependency, or what not everybody needs.</summary>
public sealed class PackageTests
{
    [Fact]
    public void No_project_but_the_packages_is_packed()
    {
        var packed = Repository.Files("", ".csproj").Where(project => !IsTest(project) && !IsContent(project) && !SaysNotPackable(project) && !FoldersAbove(project).Any(SaysNotPackable));
        Assert.Equal(
            ["src/Console/Kiln.Console.csproj", "src/Gpu/Kiln.Gpu.csproj", "src/Images/Kiln.Images.csproj", "src/Package/Kiln.csproj", "src/Reports/Kiln.Reports.csproj", "src/Templates/Kiln.Templates.csproj", "src/TensorBoard/Kiln.TensorBoard.csproj"],
            packed);
    }

    // The SDK of tests packs none of them.
    private static bool IsTest(string project) => Repository.Read(project).Contains("Microsoft.NET.Test.Sdk", StringComparison.Ordinal);

    // The project of a template is content of its package.
    private static bool IsContent(string project) => project.Contains("/content/", StringComparison.Ordinal);

    private static bool SaysNotPackable(string file) =>
        File.Exists(Repository.PathOf(file)) && XDocument.Parse(Repository.Read(file)).Descendants("IsPackable").Any(property => property.Value == "false");

    private static IEnumerable<string> FoldersAbove(string project)
    {
        for (var folder = Path.GetDirectoryName(project); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder)) yield return $"{folder}/Directory.Build.props";
    }
}
