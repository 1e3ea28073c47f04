using Kiln.Generators;
using Kiln.Generators.Frontend;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Tests.Reference;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Networks.Tests;

/// <summary>The language's acceptance set, compiled: the generated halves are correct C#, and their kernels compute what the reference evaluator does.</summary>
public class AcceptanceTests
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using Kiln; global using Tensor = Kiln.Tensor;";

    /// <summary>Multiplications per sample the slow evaluator is asked for at most.</summary>
    private const long LargestWork = 50_000_000;

    /// <summary>From here on one row must do.</summary>
    private const long LargeWork = 5_000_000;

    public static TheoryData<string> Files => new("Adversarial", "AutoEncoders", "Basics", "Convolutional", "Energy", "Edges", "Optimisation", "Recurrent", "SequenceToSequence");

    [Theory, MemberData(nameof(Files))]
    public void Generated_code_compiles(string file)
    {
        CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: Options)
            .RunGeneratorsAndUpdateCompilation(Compile(file), out var output, out _);
        var generated = output.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)).ToHashSet();
        Assert.Empty(output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Location.SourceTree is { } tree && generated.Contains(tree)));
    }

    /// <summary>Steps of the longest sample of a batch over time.</summary>
    private const int LongestSample = 5;

    [Theory, MemberData(nameof(Files))]
    public void Kernels_agree_with_the_reference(string file)
    {
        var compilation = Compile(file);
        var networks = compilation.SyntaxTrees[^1].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
            .Where(c => c.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() == "Network"))
            .Select(c => NetworkReader.Read((INamedTypeSymbol)compilation.GetSemanticModel(c.SyntaxTree).GetDeclaredSymbol(c)!, c, compilation, default).Network)
            .OfType<Network>().Where(n => n.Programs.All(p => Work(p.Graph) < LargestWork)).ToArray();
        if (networks.Length == 0) return;
        var hosts = KernelHost.Compile(networks);
        var failures = new List<string>();
        for (var i = 0; i < networks.Length; i++)
            foreach (var program in networks[i].Programs)
            {
                // Statistics of few steps are ill-conditioned, more so one after the other: over time there are more rows.
                var rows = program.TimeAxes.Count > 0 ? 8 : Work(program.Graph) < LargeWork ? 3 : 1;
                if (Comparison.Check(networks[i], hosts[i], program, rows, seed: i, time: TimeBatch.Drawn(program, rows, LongestSample, i)) is { } failure) failures.Add($"{networks[i].Class.Name}.{program.Name}: {failure}");
            }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    private static CSharpParseOptions Options => CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);

    private static CSharpCompilation Compile(string file)
    {
        using var reader = new StreamReader(typeof(AcceptanceTests).Assembly.GetManifestResourceStream(file + ".cs")!);
        return CSharpCompilation.Create("Acceptance", [CSharpSyntaxTree.ParseText(Usings, Options, "Usings.cs"), CSharpSyntaxTree.ParseText(reader.ReadToEnd(), Options, file + ".cs")], References.OfUsers,
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
    }

    private static long Work(Graph graph) => graph.Nodes.Sum(n => n.Operator switch
    {
        Einsum e => e.A.Concat(e.B).Distinct().Aggregate(1L, (work, label) => work * (e.A.Items.IndexOf(label) is var a && a >= 0 ? graph[n.Inputs[0]].Type[a] : graph[n.Inputs[1]].Type[e.B.Items.IndexOf(label)])),
        Convolution => (long)n.Type.Length * graph[n.Inputs[1]].Type.Length / n.Type[0],
        _ => n.Type.Length,
    });
}
