using System.IO.Compression;
using System.Xml.Linq;

namespace Kiln.Package.Tests;

/// <summary>All packages of the repository, packed once for these tests from what was built before.</summary>
internal static class Packages
{
    /// <summary>The project files that make packages.</summary>
    public static string[] Projects { get; } =
    [
        .. Directory.GetFiles(Path.Combine(EmptyFolder.Metadata("Root"), "src"), "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Where(project => !XDocument.Load(project).Descendants("IsPackable").Any(property => property.Value == "false")).Order(StringComparer.Ordinal),
    ];

    private static readonly Lazy<string> Packed = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("kiln-packages-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        foreach (var project in Projects) Pack(project, folder);
        return folder;
    });

    public static string Folder => Packed.Value;

    /// <summary>The project of the package Kiln.</summary>
    public static string Kiln => Projects.Single(project => Path.GetFileName(project) == "Kiln.csproj");

    /// <summary>Packs a project that is built.</summary>
    public static void Pack(string project, string folder, params string[] properties)
    {
        // A pack writes into the project's obj.
        lock (Projects)
        {
            var (code, output) = EmptyFolder.Run(Path.GetDirectoryName(project)!, ["pack", project, "--no-build", "-c", EmptyFolder.Metadata("Configuration"), "-o", folder, "--nologo", .. properties]);
            Assert.True(code == 0, output);
            Assert.DoesNotContain("warning", output);
        }
    }

    /// <summary>Opens the only package of that id in a folder.</summary>
    public static ZipArchive Open(string folder, string id) => ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, $"{id}.*.nupkg"), file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1])));

    public static string Read(this ZipArchive package, string file)
    {
        using var reader = new StreamReader(package.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>What the package says of itself.</summary>
    public static XElement Specification(this ZipArchive package)
    {
        using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }
}
