using System.Diagnostics;

namespace Kiln.Package.Tests;

/// <summary>A folder outside of the repository, as a new user would begin in, with a source of the packages, and of .NET Standard.</summary>
public sealed class EmptyFolder : IDisposable
{
    public EmptyFolder() =>
        // The version of a package changes with the commit only, not with uncommitted edits: nothing may come from a cache, and nothing from elsewhere.
        Write("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(Root, "cache")}" /></config>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
              <packageSources><clear /><add key="kiln" value="{Packages.Folder}" /><add key="machine" value="{Metadata("PackagesOfThisMachine")}" /></packageSources>
              <packageSourceMapping>
                <packageSource key="kiln"><package pattern="Kiln*" /></packageSource>
                <packageSource key="machine"><package pattern="NETStandard.Library" /><package pattern="Microsoft.NETCore.Platforms" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);

    public string Root { get; } = Directory.CreateTempSubdirectory("kiln-package-").FullName;

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Runs dotnet in the folder.</summary>
    public (int Code, string Output) Dotnet(params string[] arguments) => Run(Root, arguments);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    internal static string Metadata(string key) =>
        typeof(EmptyFolder).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    internal static (int Code, string Output) Run(string folder, params string[] arguments) => Run("dotnet", folder, arguments);

    internal static (int Code, string Output) Run(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the test's own build set for itself must not reach this one; servers left behind would hold the folder.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
