namespace Kiln.House.Tests;

/// <summary>The files of this repository, without what builds leave behind.</summary>
internal static class Repository
{
    private static readonly string[] Produced = ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", "__pycache__"];

    private static readonly string[] TextExtensions = [".cs", ".csproj", ".props", ".targets", ".sln", ".json", ".md", ".txt", ".py", ".sh", ".yml", ".editorconfig", ""];

    public static string Root { get; } = FindRoot();

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path));

    /// <summary>Paths relative to the root, with '/', in order.</summary>
    public static IReadOnlyList<string> Files(string folder, string extension = ".cs") =>
        [.. Walk(PathOf(folder)).Where(file => Path.GetExtension(file) == extension).Select(Relative).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> TextFiles { get; } =
        [.. Walk(Root).Where(file => TextExtensions.Contains(Path.GetExtension(file))).Select(Relative).Order(StringComparer.Ordinal)];

    private static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(file) != ".git") yield return file;   // a file in a linked work tree
        }

        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            var name = Path.GetFileName(inner);
            if (Produced.Contains(name) || (name.StartsWith('.') && name != ".ci")) continue;
            foreach (var file in Walk(inner)) yield return file;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Compiler.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"Compiler.sln expected above {AppContext.BaseDirectory}");
    }
}
