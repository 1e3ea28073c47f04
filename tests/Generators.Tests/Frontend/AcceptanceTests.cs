using System.Text;
using Kiln.Generators.Frontend;
using Kiln.Generators.Graph;
using Kiln.Generators.Passes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kiln.Generators.Tests;

/// <summary>The language's acceptance set: each network becomes a well-formed graph, or waits for an operator.</summary>
public class AcceptanceTests
{
    private static readonly string[] Files = ["Adversarial", "AutoEncoders", "Basics", "Convolutional", "Energy", "Optimisation", "Recurrent", "SequenceToSequence"];

    private static readonly Lazy<IReadOnlyList<(string Name, Reading Reading)>> Readings = new(() => [.. Files.SelectMany(Read)]);

    private static IEnumerable<(string Name, Reading Reading)> Read(string file)
    {
        var compilation = GeneratorHost.Compile((file + ".cs", GeneratorHost.Embedded(file + ".cs")));
        foreach (var declaration in compilation.SyntaxTrees[^1].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>())
            if (declaration.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() == "Network"))
                yield return ($"{file}.{declaration.Identifier.Text}", GeneratorHost.Read(compilation, declaration.Identifier.Text));
    }

    private static IEnumerable<Diagnostic> Errors(Reading reading) => reading.Findings.Select(f => f.ToDiagnostic()).Where(d => d.Severity == DiagnosticSeverity.Error);

    [Fact]
    public void All_networks_are_there() => Assert.Equal(57, Readings.Value.Count);

    [Fact]
    public void Nothing_is_wrong_but_operators_that_are_not_available_yet()
    {
        var wrong = Readings.Value.SelectMany(n => Errors(n.Reading).Where(e => e.Id != "KILN006").Select(e => $"{n.Name}: {e}"));
        Assert.Empty(wrong);
        Assert.All(Readings.Value, n => Assert.True(n.Reading.Network is not null || Errors(n.Reading).Any(), n.Name));
    }

    /// <summary>This list only shrinks.</summary>
    [Fact]
    public void Networks_that_wait_for_operators() => Snapshot.Match(string.Join("\n", Readings.Value.Where(n => n.Reading.Network is null)
        .Select(n => $"{n.Name}: {string.Join(", ", Errors(n.Reading).Select(e => e.GetMessage().Split('\'')[1]).Distinct())}")));

    [Fact]
    public void Warnings() => Snapshot.Match(string.Join("\n", Readings.Value.SelectMany(n => n.Reading.Findings.Select(f => f.ToDiagnostic()).Where(d => d.Severity == DiagnosticSeverity.Warning).Select(d => $"{n.Name}: {d}"))));

    [Fact]
    public void Every_graph_is_well_formed()
    {
        foreach (var (_, reading) in Readings.Value)
            foreach (var program in reading.Network?.Programs ?? []) Verify.Run(program.Graph);
    }

    /// <summary>Programs, what they train, and the names and shapes of parameters: checkpoints depend on them.</summary>
    [Fact]
    public void Parameters_and_programs()
    {
        var text = new StringBuilder();
        foreach (var (name, reading) in Readings.Value)
        {
            if (reading.Network is not { } network) continue;
            text.AppendLine(name);
            foreach (var p in network.Parameters)
                text.AppendLine($"    {p.Name} [{string.Join(", ", p.Shape)}] {p.Initializer}{(p.Scale == 1 ? "" : $" {p.Scale}")} {p.FanIn}/{p.FanOut}{(p.Owner == "" ? "" : $" of {p.Owner}")}{(p.Trainable ? "" : " fixed")}{(p.L2 == 0 ? "" : $" L2 {p.L2}")}");
            foreach (var p in network.Programs)
                text.AppendLine($"  {p.Kind} {p.Name}{(p.Variant == 0 ? "" : $"#{p.Variant}")}({string.Join(", ", p.Inputs.Select(Show))}) -> {string.Join(", ", p.Graph.Outputs.Select(o => $"{o.Role} {o.Name}{p.Graph[o.Node].Type}"))}{Trains(p, network)}");
        }
        Snapshot.Match(text.ToString());
    }

    private static string Show(Input input) => $"{input.Name}[{string.Join(", ", input.Shape)}]{(input.Classes > 0 ? $" of {input.Classes}" : "")}{(input.Optimized ? " optimized" : "")}";

    private static string Trains(Program program, Network network) =>
        program.Kind == ProgramKind.Predict ? "" : program.Trained.Count == network.Parameters.Count(p => p.Trainable) ? " trains all" : $" trains {string.Join(", ", program.Trained)}";
}
