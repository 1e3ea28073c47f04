using System.Text.RegularExpressions;
using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Networks.Tests;

public class ReadmeTests
{
    /// <summary>The README's example is a whole program: it compiles with the generator, without a warning.</summary>
    [Fact]
    public void The_example_compiles() => Compiles(Block("README.md", ""), OutputKind.ConsoleApplication);

    [Fact]
    public void The_guides_example_of_metrics_compiles() => Compiles(Block("docs/guide.md", "using Kiln.Metrics;"), OutputKind.ConsoleApplication);

    [Fact]
    public void The_guides_example_of_losses_compiles() => Compiles("using Kiln;\n" + Block("docs/guide.md", "class Forecast"), OutputKind.DynamicallyLinkedLibrary);

    /// <summary>The first block of code of a page that contains a text.</summary>
    private static string Block(string page, string containing) =>
        Regex.Matches(File.ReadAllText(Path.Combine(Root, page)).ReplaceLineEndings("\n"), "```csharp\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value).First(code => code.Contains(containing, StringComparison.Ordinal));

    private static void Compiles(string code, OutputKind kind)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp12);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "Kiln.Dsl.dll" or "Kiln.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Example", [CSharpSyntaxTree.ParseText("global using System;\n", options), CSharpSyntaxTree.ParseText(code, options)], references,
            new(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: options).RunGeneratorsAndUpdateCompilation(compilation, out var output, out var reported);
        Assert.DoesNotContain(reported.Concat(output.GetDiagnostics()), d => d.Severity >= DiagnosticSeverity.Warning);
    }

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Compiler.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not run inside the repository");
            return folder;
        }
    }
}
