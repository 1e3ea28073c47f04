namespace Kiln.Package.Tests;

/// <summary>dotnet new kiln, from the package, to the end.</summary>
public sealed class TemplateTests(TemplateTests.Installed templates) : IClassFixture<TemplateTests.Installed>
{
    [Theory]
    [InlineData("vectors", "the point (-0.5, 0) lies on arm 0")]
    [InlineData("images", "the first test image shows 1, and is labelled 1")]
    public void Its_project_builds_without_warnings_learns_and_predicts(string network, string answer)
    {
        var folder = templates.Folder;
        // A name that is no name in C#.
        var (code, output) = folder.Dotnet("new", "kiln", "--network", network, "--name", $"My-{network}.App", "--output", network, "--no-restore", "--debug:custom-hive", templates.Hive);
        Assert.True(code == 0, output);
        Assert.Contains("""<PublishAot>true</PublishAot>""", File.ReadAllText(Path.Combine(folder.Root, network, $"My-{network}.App.csproj")));
        // PublishAot would need the native compiler's package.
        (code, output) = folder.Dotnet("run", "-c", "Release", "--project", network, "-p:PublishAot=false", "-p:TreatWarningsAsErrors=true");
        Assert.True(code == 0, output);
        Assert.Contains(answer, output);
        Assert.DoesNotContain("warning", output);
    }

    /// <summary>The package of templates, installed in a folder of its own.</summary>
    public sealed class Installed : IDisposable
    {
        public Installed()
        {
            var package = Assert.Single(Directory.GetFiles(Packages.Folder, "Kiln.Templates.*.nupkg"));
            var (code, output) = Folder.Dotnet("new", "install", package, "--debug:custom-hive", Hive);
            Assert.True(code == 0, output);
        }

        public EmptyFolder Folder { get; } = new();

        public string Hive => Path.Combine(Folder.Root, "hive");

        public void Dispose() => Folder.Dispose();
    }
}
