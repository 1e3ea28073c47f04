using Microsoft.CodeAnalysis;

namespace Networks.Tests;

/// <summary>What programs that are compiled in memory refer to: read once, as reading takes longer than most compilations, and so that these share the symbols.</summary>
internal static class References
{
    /// <summary>All that this process has.</summary>
    public static MetadataReference[] All { get; } = Of(_ => true);

    /// <summary>What a user's project has: the framework and Kiln.</summary>
    public static MetadataReference[] OfUsers { get; } =
        Of(name => name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "Microsoft.CSharp.dll" or "Kiln.Dsl.dll" or "Kiln.Runtime.dll");

    private static MetadataReference[] Of(Func<string, bool> wanted) =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => wanted(Path.GetFileName(path))).Select(path => MetadataReference.CreateFromFile(path))];
}
