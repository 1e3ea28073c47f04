using System.Diagnostics;
using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.NetworkCosts;

/// <summary>What the generator makes of a network, and how long it takes in a compiler that is warm: nothing comes from its cache.</summary>
internal sealed record GeneratorRun(TimeSpan Time, IReadOnlyList<(string Name, string Text)> Files)
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using Kiln; global using Tensor = Kiln.Tensor;";

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Append(typeof(Tensor).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Runs the generator until it is warm, and then as often as told: the median counts.</summary>
    /// <exception cref="InvalidOperationException">The source has errors.</exception>
    public static GeneratorRun Measure(string source, int runs)
    {
        GeneratorDriver driver = null!;
        var times = new List<TimeSpan>();
        for (var run = -3; run < runs; run++)
        {
            var compilation = Compile(source);
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            driver = CSharpGeneratorDriver.Create(new NetworkGenerator()).RunGenerators(compilation);
            if (run >= 0)
                times.Add(Stopwatch.GetElapsedTime(start));
        }
        var result = driver.GetRunResult();
        if (result.Results.Single().Exception is { } exception)
            throw exception;
        if (result.Diagnostics.FirstOrDefault(finding => finding.Severity == DiagnosticSeverity.Error) is { } error)
            throw new InvalidOperationException(error.ToString());
        times.Sort();
        return new(times[times.Count / 2], [.. result.GeneratedTrees.Select(tree => (Path.GetFileName(tree.FilePath), tree.ToString()))]);
    }

    private static CSharpCompilation Compile(string source)
    {
        var compilation = CSharpCompilation.Create("Networks", [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(source, path: "Network.cs")], References,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        // The compiler binds what the user wrote anyhow.
        _ = compilation.GetDiagnostics().Length;
        return compilation;
    }
}
