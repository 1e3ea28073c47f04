using BenchmarkDotNet.Attributes;
using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.Benchmarks;

/// <summary>
/// The generator on LeNet-5, in a compiler that is warm: the first run, and the run after an edit elsewhere, for which everything must come
/// from the cache.
/// </summary>
public class Generator
{
    private const string LeNet5 = """
        using Kiln;

        [Network, Input(1, 28, 28)]
        [Conv2D(6, Kernel = 5, Padding = Padding.Same), Tanh, AveragePool2D(2)]
        [Conv2D(16, Kernel = 5), Tanh, AveragePool2D(2)]
        [Flatten, Dense(120), Tanh, Dense(84), Tanh, Dense(10)]
        [CrossEntropy]
        public sealed partial class LeNet5;
        """;

    private static readonly SyntaxTree Elsewhere = CSharpSyntaxTree.ParseText("static class Elsewhere { static int Number() => 0; }");

    private CSharpCompilation _compilation = null!;
    private GeneratorDriver _driver = null!;
    private int _edits;

    [GlobalSetup]
    public void Setup()
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Append(typeof(Tensor).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path));
        _compilation = CSharpCompilation.Create("Networks", [CSharpSyntaxTree.ParseText(LeNet5), Elsewhere], references,
            new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        _driver = Driver().RunGenerators(_compilation);

        var second = _driver.RunGenerators(Edited()).GetRunResult().Results.Single();
        if (second.GeneratedSources.Length == 0)
            throw new InvalidOperationException("The generator made nothing.");
        var recomputed = second.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs)
            .Count(output => output.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        if (recomputed > 0)
            throw new InvalidOperationException($"{recomputed} outputs were made anew after an edit elsewhere.");
    }

    [Benchmark(Description = "LeNet-5, first run")]
    public GeneratorDriver FirstRun() => Driver().RunGenerators(Edited());

    [Benchmark(Description = "LeNet-5, after an edit elsewhere")]
    public GeneratorDriver AfterEditElsewhere() => _driver.RunGenerators(Edited());

    private static GeneratorDriver Driver() => CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()],
        driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The same sources but one, whose number is another each time; nothing is bound yet.</summary>
    private CSharpCompilation Edited() =>
        _compilation.ReplaceSyntaxTree(Elsewhere, CSharpSyntaxTree.ParseText($"static class Elsewhere {{ static int Number() => {++_edits}; }}"));
}
