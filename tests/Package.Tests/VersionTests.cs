namespace Kiln.Package.Tests;

/// <summary>The version of a package follows from the commit, by the repository's own properties in a small repository.</summary>
public sealed class VersionTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kiln-version-").FullName;

    public void Dispose()
    {
        // Git's files are read-only.
        foreach (var file in Directory.GetFiles(_root, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void It_rises_with_every_commit_and_is_that_of_a_tag()
    {
        var folder = Project("repository");
        Git(folder, "init", "-q");
        Commit(folder, "first");
        Assert.Equal("0.1.0-alpha.0", Version(folder));
        Commit(folder, "second");
        Assert.Equal("0.1.0-alpha.0.1", Version(folder));
        var clone = Path.Combine(_root, "elsewhere", "clone");
        Git(_root, "clone", "-q", folder, clone);
        Assert.Equal("0.1.0-alpha.0.1", Version(clone));
        // The same commit is the same bytes in another folder.
        Assert.Equal(Library(folder), Library(clone));
        Git(folder, "tag", "v0.2.0");
        Assert.Equal("0.2.0", Version(folder));
        Commit(folder, "third");
        Assert.Equal("0.2.1-alpha.0.1", Version(folder));
    }

    [Fact]
    public void Without_git_there_is_one_too()
    {
        // Inside of a repository that is another's.
        Git(_root, "init", "-q");
        Commit(_root, "another's");
        Assert.Equal("0.1.0-local", Version(Project("folder")));
    }

    private string Project(string name)
    {
        var folder = Path.Combine(_root, name);
        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json", "src/Directory.Build.props"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.Copy(Path.Combine(EmptyFolder.Metadata("Root"), file), Path.Combine(folder, file));
        }

        Directory.CreateDirectory(Path.Combine(folder, "src", "Small"));
        File.WriteAllText(Path.Combine(folder, ".gitignore"), "bin/\nobj/\n");
        File.WriteAllText(Path.Combine(folder, "src", "Small", "Small.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "src", "Small", "Small.cs"), "namespace Small; public class Small;");
        return folder;
    }

    /// <summary>The version of the package that is packed, without a warning.</summary>
    private static string Version(string folder)
    {
        var packages = Path.Combine(folder, "obj");
        if (Directory.Exists(packages)) Directory.Delete(packages, recursive: true);
        var (code, output) = EmptyFolder.Run(folder, "pack", "src/Small", "-c", "Release", "-o", packages, "-nologo");
        Assert.True(code == 0, output);
        Assert.DoesNotContain("warning", output);
        return Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(packages, "*.nupkg")))["Small.".Length..];
    }

    private static byte[] Library(string folder) => File.ReadAllBytes(Path.Combine(folder, "src", "Small", "bin", "Release", "net10.0", "Small.dll"));

    private static void Commit(string folder, string message)
    {
        Git(folder, "add", "-A");
        Git(folder, "-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "--allow-empty", "-m", message);
    }

    private static void Git(string folder, params string[] arguments)
    {
        var (code, output) = EmptyFolder.Run("git", folder, arguments);
        Assert.True(code == 0, output);
    }
}
