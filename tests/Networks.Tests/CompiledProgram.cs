using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Networks.Tests;

/// <summary>A user's program with its networks, compiled in memory.</summary>
internal static class CompiledProgram
{
    /// <summary>What the compiler and the generator report, with the text that they underline.</summary>
    public static string[] Errors(string source) =>
        [.. Diagnostics(source).Select(d => $"{d.Id} {d.Location.SourceTree!.ToString().Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length)}").Distinct()];

    /// <summary>The errors of the compiler and the generator.</summary>
    public static IEnumerable<Diagnostic> Diagnostics(string source)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);
        var compilation = CSharpCompilation.Create("Program", [CSharpSyntaxTree.ParseText("using System; using Kiln; using Kiln.Data;\n" + source, options, "Program.cs")], References.OfUsers,
            new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var found);
        return output.GetDiagnostics().Concat(found).Where(d => d.Severity == DiagnosticSeverity.Error);
    }
}
