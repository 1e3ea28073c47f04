extern alias language;

using Kiln.Generators.Frontend;
using Kiln.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.Generators.Tests;

/// <summary>Runs the generator in this process, on sources given as text.</summary>
internal static class GeneratorHost
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(language::Kiln.Tensor).Assembly.Location),
    ];

    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using Kiln; global using Tensor = Kiln.Tensor;";

    public static CSharpParseOptions ParseOptions(LanguageVersion version = LanguageVersion.CSharp14) => CSharpParseOptions.Default.WithLanguageVersion(version);

    public static SyntaxTree Parse(string text, string path = "Network.cs", LanguageVersion version = LanguageVersion.CSharp14) =>
        CSharpSyntaxTree.ParseText(text.ReplaceLineEndings("\n"), ParseOptions(version), path);

    public static CSharpCompilation Compile(params (string Path, string Text)[] files) => CSharpCompilation.Create("Test",
        [Parse(Usings, "Usings.cs"), .. files.Select(f => Parse(f.Text, f.Path))], References,
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    /// <param name="options">What the build tells the generator; default: nothing.</param>
    public static GeneratorDriver Driver(LanguageVersion version = LanguageVersion.CSharp14, BuildOptions? options = null) => CSharpGeneratorDriver.Create(
        [new NetworkGenerator().AsSourceGenerator()], parseOptions: ParseOptions(version), optionsProvider: options,
        driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator, and once more on the same sources: the second time everything must come from the cache.</summary>
    public static GeneratorDriver Run(Compilation compilation, LanguageVersion version = LanguageVersion.CSharp14)
    {
        var first = Driver(version).RunGenerators(compilation);
        var second = first.RunGenerators(compilation.Clone());
        foreach (var (name, reason) in Reasons(second))
            Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{name} was {reason} in the second run");
        return second;
    }

    public static IEnumerable<(string Step, IncrementalStepRunReason Reason)> Reasons(GeneratorDriver driver)
    {
        var result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        return result.TrackedSteps.Where(s => s.Key is NetworkGenerator.ReadStep or NetworkGenerator.NetworkStep or NetworkGenerator.CompileStep or NetworkGenerator.OrphanStep).Concat(result.TrackedOutputSteps)
            .SelectMany(step => step.Value.SelectMany(run => run.Outputs.Select(output => (step.Key, output.Reason))));
    }

    /// <summary>What the generator made of a class.</summary>
    public static Reading Read(Compilation compilation, string name)
    {
        var type = compilation.GetSymbolsWithName(name, SymbolFilter.Type).OfType<INamedTypeSymbol>().Single();
        var syntax = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax>().First(d => d.AttributeLists.Count > 0);
        return NetworkReader.Read(type, syntax, compilation, default);
    }

    /// <summary>The network of one class, which must be free of errors.</summary>
    public static Network Network(string source, string name = "Net")
    {
        var reading = Read(Compile(("Network.cs", source)), name);
        Assert.DoesNotContain(reading.Findings, f => f.Descriptor.DefaultSeverity == DiagnosticSeverity.Error);
        return reading.Network!;
    }

    public static string Embedded(string file)
    {
        using var reader = new StreamReader(typeof(GeneratorHost).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }
}
