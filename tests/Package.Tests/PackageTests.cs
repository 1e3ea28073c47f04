using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Kiln.Package.Tests;

/// <summary>What is in the packages, and what they say of themselves.</summary>
public sealed partial class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-addressed-").FullName;

    public static TheoryData<string> Ids => [.. Packages.Projects.Select(project => Path.GetFileNameWithoutExtension(project))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Kiln_carries_libraries_with_documentation_the_compiler_and_the_build_defaults()
    {
        using var package = Packages.Open(Packages.Folder, "Kiln");
        var files = package.Entries.Select(e => e.FullName).ToHashSet();
        string[] expected =
        [
            "analyzers/dotnet/cs/Kiln.Generators.dll", "build/Kiln.props", "buildTransitive/Kiln.targets", "docs/guide.md", "docs/diagnostics/KILN001.md", "docs/diagnostics/KILN901.md", "CHANGELOG.md", "LICENSE",
            .. from framework in (string[])["net9.0", "net10.0"] from file in (string[])["Kiln.Dsl.dll", "Kiln.Dsl.xml", "Kiln.Runtime.dll", "Kiln.Runtime.xml"] select $"lib/{framework}/{file}",
        ];
        Assert.Empty(expected.Except(files));
        Assert.DoesNotContain(files, f => f.EndsWith(".dll", StringComparison.Ordinal) && !expected.Contains(f));
    }

    [Fact]
    public void Kiln_Gpu_carries_its_build_step_and_depends_on_Kiln_alone()
    {
        using var package = Packages.Open(Packages.Folder, "Kiln.Gpu");
        var files = package.Entries.Select(e => e.FullName).ToHashSet();
        string[] tool = ["ILGPU.dll", "Kiln.Gpu.Compiler.dll", "Kiln.Gpu.Compiler.deps.json", "Kiln.Gpu.Compiler.runtimeconfig.json", "Kiln.Gpu.Kernels.dll", "Kiln.Runtime.dll", "Mono.Cecil.dll"];
        Assert.Empty(((string[])["build/Kiln.Gpu.props", "build/Kiln.Gpu.targets", "tools/NOTICES.txt", "lib/net9.0/Kiln.Gpu.dll", "lib/net10.0/Kiln.Gpu.dll", "lib/net10.0/Kiln.Gpu.xml", .. tool.Select(file => $"tools/net10.0/{file}")]).Except(files));
        Assert.DoesNotContain(files, file => file.StartsWith("lib/", StringComparison.Ordinal) && !file.Contains("/Kiln.Gpu.", StringComparison.Ordinal));
        Assert.Equal(["Kiln"], Dependencies(package).Select(e => e.Attribute("id")!.Value).Distinct());
    }

    /// <summary>A project needs to name the package only that it wants of Kiln: Kiln's build properties and its generator come with it.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void A_package_that_depends_on_Kiln_brings_all_of_it(string id)
    {
        using var package = Packages.Open(Packages.Folder, id);
        Assert.All(Dependencies(package).Where(e => e.Attribute("id")!.Value == "Kiln"), e => Assert.Equal("All", e.Attribute("include")?.Value));
    }

    private static IEnumerable<XElement> Dependencies(ZipArchive package) => package.Specification().Descendants().Where(e => e.Name.LocalName == "dependency");

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_package_says_what_it_is_and_where_it_comes_from(string id)
    {
        using var package = Packages.Open(Packages.Folder, id);
        var specification = package.Specification();
        string Text(string name) => specification.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value ?? "";
        Assert.Equal("MIT", Text("license"));
        Assert.All((string[])["description", "tags", "copyright", "releaseNotes"], name => Assert.NotEmpty(Text(name)));
        Assert.Equal("README.md", Text("readme"));
        Assert.NotEmpty(package.Read("README.md"));
        Assert.DoesNotContain("Package Description", Text("description"));
        var repository = specification.Elements().SingleOrDefault(e => e.Name.LocalName == "repository");
        if (!Path.Exists(Path.Combine(EmptyFolder.Metadata("Root"), ".git"))) return;
        Assert.Equal("git", repository!.Attribute("type")!.Value);
        Assert.Matches("^[0-9a-f]{40}$", repository.Attribute("commit")!.Value);
        // A folder of this machine is no address.
        Assert.Matches("^(https://.+)?$", repository.Attribute("url")?.Value ?? "");
    }

    /// <summary>Whoever has only the package can follow every link in it.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void Links_of_the_pages_lead_somewhere(string id)
    {
        using var package = Packages.Open(Packages.Folder, id);
        var files = package.Entries.Select(e => e.FullName).ToList();
        var broken =
            from page in files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            from Match link in Links().Matches(package.Read(page))
            let target = new Uri(new Uri($"page:///{page}"), link.Groups[1].Value)
            where target.Scheme == "page" && !files.Exists(file => file == target.AbsolutePath.TrimStart('/') || file.StartsWith($"{target.AbsolutePath.TrimStart('/')}/", StringComparison.Ordinal))
            select $"{page}: {link.Groups[1].Value}";
        Assert.Empty(broken);
    }

    [Fact]
    public void With_the_repositorys_address_all_links_are_absolute()
    {
        Packages.Pack(Packages.Kiln, _folder, "-p:KilnRepositoryUrl=https://example.org/kiln");
        using var package = Packages.Open(_folder, "Kiln");
        var specification = package.Specification();
        Assert.Equal("https://example.org/kiln", specification.Elements().Single(e => e.Name.LocalName == "repository").Attribute("url")!.Value);
        Assert.Equal("https://example.org/kiln", specification.Elements().Single(e => e.Name.LocalName == "projectUrl").Value);
        Assert.DoesNotContain(package.Entries, entry => entry.FullName.StartsWith("docs/", StringComparison.Ordinal));
        Assert.Contains("<KilnDocumentation>https://example.org/kiln/blob/HEAD/docs/</KilnDocumentation>", package.Read("build/Kiln.Address.props"));
        var links = Links().Matches(package.Read("README.md")).Select(link => link.Groups[1].Value).ToList();
        Assert.Contains("https://example.org/kiln/blob/HEAD/docs/guide.md", links);
        Assert.All(links, link => Assert.StartsWith("https://", link));
    }

    /// <summary>A folder of packages serves no symbols: they are in the libraries, with the sources. Names of folders are those of no machine.</summary>
    [Theory]
    [InlineData("lib/net10.0/Kiln.Dsl.dll")]
    [InlineData("lib/net9.0/Kiln.Runtime.dll")]
    [InlineData("analyzers/dotnet/cs/Kiln.Generators.dll")]
    public void Libraries_carry_their_symbols_and_sources(string library)
    {
        using var package = Packages.Open(Packages.Folder, "Kiln");
        using var stream = new MemoryStream();
        using (var entry = package.GetEntry(library)!.Open()) entry.CopyTo(stream);
        stream.Position = 0;
        using var assembly = new PEReader(stream);
        var entries = assembly.ReadDebugDirectory();
        Assert.Contains(entries, e => e.Type == DebugDirectoryEntryType.Reproducible);
        using var provider = assembly.ReadEmbeddedPortablePdbDebugDirectoryData(entries.Single(e => e.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));
        var symbols = provider.GetMetadataReader();
        var embedded = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
        var withSource = symbols.CustomDebugInformation.Select(symbols.GetCustomDebugInformation).Where(i => symbols.GetGuid(i.Kind) == embedded).Select(i => i.Parent).ToHashSet();
        Assert.NotEmpty(symbols.Documents);
        Assert.All(symbols.Documents, document => Assert.Contains((EntityHandle)document, withSource));
        if (EmptyFolder.Metadata("Configuration") == "Release") Assert.All(symbols.Documents, document => Assert.StartsWith("/src/", symbols.GetString(symbols.GetDocument(document).Name)));
    }

    [GeneratedRegex(@"(?<=[\w`]\])\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Links();
}
