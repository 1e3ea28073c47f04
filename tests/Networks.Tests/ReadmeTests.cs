using System.Text.RegularExpressions;
using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Networks.Tests;

public class ReadmeTests
{
    /// <summary>The README's example is a whole program: it compiles with the generator, without a warning.</summary>
    [Fact]
    public void The_example_compiles()
    {
        var code = Regex.Match(File.ReadAllText(Path.Combine(Root, "README.md")).ReplaceLineEndings("\n"), "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp12);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "Kiln.Dsl.dll" or "Kiln.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Example", [CSharpSyntaxTree.ParseText("global using System;\n", options), CSharpSyntaxTree.ParseText(code, options)], references,
            new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
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
