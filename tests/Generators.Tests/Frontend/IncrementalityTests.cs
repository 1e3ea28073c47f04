using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.Generators.Tests;

/// <summary>What an edit recomputes, and what comes from the cache.</summary>
public class IncrementalityTests
{
    private const string First = """
        [Network] public sealed partial class First
        {
            [Predict] static Tensor Logits([Shape(8)] Tensor x) => Blocks.Narrow(x, 4).Dense(3);
            [Learn] static Loss Fit([Shape(8)] Tensor x, [Classes(3)] Labels y) => Logits(x).CrossEntropy(y);
        }
        """;

    private const string Second = "[Network, Input(4), Dense(2), CrossEntropy] public sealed partial class Second;";
    private const string Helpers = "static class Blocks { public static Tensor Narrow(Tensor x, int units) => x.Dense(units).Relu(); }";
    private const string Other = "class Unrelated { int x = 1; }";

    private static CSharpCompilation Compilation => GeneratorHost.Compile(("First.cs", First), ("Second.cs", Second), ("Helpers.cs", Helpers), ("Other.cs", Other));

    /// <summary>The reasons of the compile step, in the order of the networks' names, and of the outputs.</summary>
    private static (string Compiled, string Outputs) AfterEdit(string path, string text)
    {
        var compilation = Compilation;
        var driver = GeneratorHost.Run(compilation);
        var old = compilation.SyntaxTrees.Single(t => t.FilePath == path);
        var result = driver.RunGenerators(compilation.ReplaceSyntaxTree(old, GeneratorHost.Parse(text, path))).GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        var compiled = result.TrackedSteps[NetworkGenerator.NetworkStep].SelectMany(s => s.Outputs).Select(o => $"{((Graph.Network)o.Value).Class.Name} {Short(o.Reason)}");
        var outputs = result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).Select(o => Short(o.Reason)).Distinct().Order();
        return (string.Join(", ", compiled.Order()), string.Join(", ", outputs));
    }

    private static string Short(IncrementalStepRunReason reason) => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged ? "kept" : reason.ToString();

    [Fact]
    public void An_unrelated_edit_changes_no_network() => Assert.Equal(("First kept, Second kept", "kept"), AfterEdit("Other.cs", Other.Replace("1", "2")));

    [Fact]
    public void A_comment_changes_no_network() => Assert.Equal(("First kept, Second kept", "kept"), AfterEdit("First.cs", "// a comment\n" + First.Replace("[Learn]", "/* here */ [Learn]")));

    [Fact]
    public void A_comment_in_a_helper_changes_no_network() => Assert.Equal(("First kept, Second kept", "kept"), AfterEdit("Helpers.cs", "// a comment\n" + Helpers));

    [Fact]
    public void A_helper_in_another_file_changes_the_network_that_calls_it()
    {
        var (networks, outputs) = AfterEdit("Helpers.cs", Helpers.Replace("Relu", "Tanh"));
        Assert.Equal("First Modified, Second kept", networks);
        Assert.Contains("Modified", outputs);
    }

    [Fact]
    public void A_network_changes_alone() => Assert.Equal("First kept, Second Modified", AfterEdit("Second.cs", Second.Replace("Dense(2)", "Dense(5)")).Compiled);

    [Fact]
    public void Recomputation_changes_the_network() => Assert.Equal("First kept, Second Modified", AfterEdit("Second.cs", Second.Replace("[Network,", "[Network(Recompute = true),")).Compiled);

    [Fact]
    public void An_error_leaves_the_other_network_alone() => Assert.Equal("First Modified, Second kept", AfterEdit("First.cs", First.Replace("Dense(3)", "Dense(0)")).Compiled);

    [Fact]
    public void Nothing_that_is_cached_holds_on_to_a_compilation()
    {
        var types = new HashSet<Type>();
        Collect(typeof(Graph.Network), types);
        Collect(typeof(Kernels.CompiledNetwork), types);
        Assert.DoesNotContain(types, t => t.Assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));
    }

    private static void Collect(Type type, HashSet<Type> types)
    {
        if (type.IsArray) type = type.GetElementType()!;
        foreach (var argument in type.GetGenericArguments()) Collect(argument, types);
        if (type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true || !types.Add(type)) return;
        if (type.Assembly != typeof(NetworkGenerator).Assembly) return;
        foreach (var derived in type.Assembly.GetTypes().Where(t => t.BaseType == type)) Collect(derived, types);
        foreach (var field in type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public)) Collect(field.FieldType, types);
    }
}
