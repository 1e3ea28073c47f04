using System.Text.RegularExpressions;
using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Networks.Tests;

public class ReadmeTests
{
    /// <summary>The README's example is a whole program: it compiles with the generator, without a warning.</summary>
    [Fact]
    public void The_example_compiles() => Compiles("global using System;\n" + Block("README.md", ""), OutputKind.ConsoleApplication);

    [Fact]
    public void The_guides_example_of_metrics_compiles() => Compiles("global using System;\n" + Block("docs/guide.md", "using Kiln.Metrics;"), OutputKind.ConsoleApplication);

    [Fact]
    public void The_guides_example_of_losses_compiles() => Compiles("using Kiln;\n" + Block("docs/guide.md", "class Forecast"), OutputKind.DynamicallyLinkedLibrary);

    /// <summary>All blocks of such a page are one program: usings first, then statements, then types.</summary>
    [Theory]
    [InlineData("optimizers")]
    [InlineData("regression")]
    [InlineData("csv")]
    [InlineData("pytorch")]
    public void A_page_of_the_guide_is_a_program(string page)
    {
        var parts = Blocks($"docs/guide/{page}.md").Select(code => CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot()).ToList();
        var statements = parts.SelectMany(p => p.Members).OrderBy(m => m is GlobalStatementSyntax ? 0 : 1);
        var usings = new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq" }.Select(u => $"global using {u};");
        Compiles(string.Join("\n", usings.Concat(parts.SelectMany(p => p.Usings).Select(u => u.ToString())).Concat(statements.Select(m => m.ToFullString()))), OutputKind.ConsoleApplication);
    }

    private static IEnumerable<string> Blocks(string page) =>
        Regex.Matches(File.ReadAllText(Path.Combine(Root, page)).ReplaceLineEndings("\n"), "```csharp\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value);

    /// <summary>The first block of code of a page that contains a text.</summary>
    private static string Block(string page, string containing) => Blocks(page).First(code => code.Contains(containing, StringComparison.Ordinal));

    private static void Compiles(string code, OutputKind kind)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp12);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "Kiln.Dsl.dll" or "Kiln.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Example", [CSharpSyntaxTree.ParseText(code, options)], references,
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
