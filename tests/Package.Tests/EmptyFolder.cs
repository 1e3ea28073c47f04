using System.Diagnostics;

namespace Kiln.Package.Tests;

/// <summary>A folder outside of the repository, as a new user would begin in, with the package in a folder of packages beside it.</summary>
public sealed class EmptyFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kiln-package-").FullName;

    public EmptyFolder()
    {
        var project = Metadata("PackageProject");
        Packages = Path.Combine(_root, "packages");
        var (code, output) = Run(Path.GetDirectoryName(project)!, "pack", project, "--no-build", "-c", Metadata("Configuration"), "-o", Packages, "--nologo");
        Assert.True(code == 0, output);
        // The version of the package does not change with its content: nothing may come from a cache, and nothing from elsewhere.
        Write("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_root, "cache")}" /></config>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
              <packageSources><clear /><add key="kiln" value="{Packages}" /></packageSources>
            </configuration>
            """);
    }

    public string Packages { get; }

    public void Write(string file, string text)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Runs dotnet in the folder.</summary>
    public (int Code, string Output) Dotnet(params string[] arguments) => Run(_root, arguments);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    internal static string Metadata(string key) =>
        typeof(EmptyFolder).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    internal static (int Code, string Output) Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the test's own build set for itself must not reach this one; servers left behind would hold the folder.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
