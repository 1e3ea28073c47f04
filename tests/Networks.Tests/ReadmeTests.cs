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
    [InlineData("energy")]
    [InlineData("sequences")]
    public void A_page_of_the_guide_is_a_program(string page)
    {
        var parts = Blocks($"docs/guide/{page}.md").Select(code => CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot()).ToList();
        var statements = parts.SelectMany(p => p.Members).OrderBy(m => m is GlobalStatementSyntax ? 0 : 1);
        var usings = new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq" }.Select(u => $"global using {u};");
        Compiles(string.Join("\n", usings.Concat(parts.SelectMany(p => p.Usings).Select(u => u.ToString())).Concat(statements.Select(m => m.ToFullString()))), OutputKind.ConsoleApplication);
    }

    /// <summary>The first hour's networks are those of the template, and its programs compile with them, in the order of the page.</summary>
    [Fact]
    public void The_programs_of_the_first_hour_compile()
    {
        const string Template = "src/Templates/content/kiln";
        var networks = new Queue<string>(["vectors", "images"]);
        var network = "";
        foreach (var code in Blocks("docs/guide/first-hour.md"))
        {
            if (code.Contains("[Network", StringComparison.Ordinal)) Assert.Equal(Text($"{Template}/{networks.Dequeue()}/Network.cs"), network = code);
            else Compiles([code, network, Text($"{Template}/vectors/Spirals.cs")], OutputKind.ConsoleApplication);
        }

        Assert.Empty(networks);
    }

    /// <summary>So do the programs of the template itself.</summary>
    [Theory]
    [InlineData("vectors")]
    [InlineData("images")]
    public void The_templates_programs_compile(string folder) =>
        Compiles([.. Directory.GetFiles(Path.Combine(Root, "src/Templates/content/kiln", folder), "*.cs").Select(File.ReadAllText)], OutputKind.ConsoleApplication);

    /// <summary>The message that the first hour shows for its mistake is what the compiler says.</summary>
    [Fact]
    public void The_mistake_of_the_first_hour_has_that_message()
    {
        var code = Blocks("docs/guide/first-hour.md").First().Replace("[Dense(32), Tanh, Dense(32)", "[Conv2D(32, Kernel = 3), Tanh, Dense(32)", StringComparison.Ordinal);
        var mistake = Assert.Single(Generated([code], OutputKind.DynamicallyLinkedLibrary).Reported);
        var (line, column) = (mistake.Location.GetLineSpan().StartLinePosition.Line + 1, mistake.Location.GetLineSpan().StartLinePosition.Character + 1);
        Assert.Contains($"Network.cs({line},{column}): error {mistake.Id}: {mistake.GetMessage()} (file:///", Text("docs/guide/first-hour.md"));
    }

    private static string Text(string page) => File.ReadAllText(Path.Combine(Root, page)).ReplaceLineEndings("\n");

    private static IEnumerable<string> Blocks(string page) => Regex.Matches(Text(page), "```csharp\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value);

    /// <summary>The first block of code of a page that contains a text.</summary>
    private static string Block(string page, string containing) =>
        Blocks(page).First(code => code.Contains(containing, StringComparison.Ordinal));

    private static void Compiles(string code, OutputKind kind) => Compiles([code], kind);

    private static void Compiles(string[] files, OutputKind kind)
    {
        var (reported, output) = Generated(files, kind);
        Assert.DoesNotContain(reported.Concat(output.GetDiagnostics()), d => d.Severity >= DiagnosticSeverity.Warning);
    }

    private static (IReadOnlyList<Diagnostic> Reported, Compilation Output) Generated(string[] files, OutputKind kind)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp12);
        string[] usings = ["global using System; global using System.Linq; global using System.Threading.Tasks;\n"];
        var compilation = CSharpCompilation.Create("Example", usings.Concat(files).Select(text => CSharpSyntaxTree.ParseText(text, options)), References.OfUsers,
            new(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: options).RunGeneratorsAndUpdateCompilation(compilation, out var output, out var reported);
        return (reported, output);
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
