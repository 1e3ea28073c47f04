using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Networks.Tests;

/// <summary>Users choose names freely: keywords, names of what is generated, letters of any language. The generated half compiles all the same.</summary>
public class NamesTests
{
    [Theory]
    [InlineData("partial class @event { [Predict] static Tensor @class([Shape(4)] Tensor @in) => @in.Dense(2); [Learn] static Loss @void([Shape(4)] Tensor @in) => @class(@in).Square().Sum(); }")]
    [InlineData("partial class Net { [Predict] static Tensor Hot([Shape(4)] Tensor x) => x.Dense(2).Tanh(); [Predict] static Tensor WriteConstants([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor Add([Shape(4)] Tensor x) => x + x.Tanh(); }")]
    [InlineData("partial class Net { static readonly Parameter größe = new(4), λ = new(); [Predict] static Tensor Näherung([Shape(4)] Tensor x) => x * größe + λ; }")]
    [InlineData("partial class Net { [Predict] static (Tensor rows, Tensor batch) Run([Shape(4)] Tensor frame, [Shape(2)] Tensor workers, [Shape(2)] Tensor output) => (frame.Dense(2) + workers, output * 2); [Learn] static Loss Go([Shape(4)] Tensor loss, [Shape(2)] Tensor rows, [Shape(2)] Tensor training) => Run(loss, rows, training).rows.Square().Sum(); }")]
    [InlineData("partial class Net { [Predict] static Tensor P([Shape(4)] Tensor x) => x.Dense(2, name: \"class\").Dense(2, name: \"my layer!\").Dense(2, name: \"Parameters\"); [Learn] static Loss L([Shape(4)] Tensor x) => P(x).Square().Sum(); }")]
    [InlineData("partial class Net { public Net(string name) : this(seed: (ulong)name.Length) { } [Predict] static Tensor P([Shape(4)] Tensor x) => x.Tanh(); }")]
    public void The_generated_half_compiles(string network)
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp12);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "Kiln.Dsl.dll" or "Kiln.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("Names", [CSharpSyntaxTree.ParseText("using Kiln; using Tensor = Kiln.Tensor; [Network] public sealed " + network, options)], references,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: options).RunGeneratorsAndUpdateCompilation(compilation, out var output, out var reported);
        Assert.DoesNotContain(reported.Concat(output.GetDiagnostics()), d => d.Severity == DiagnosticSeverity.Error);
    }
}
