using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kiln.Generators.Tests;

/// <summary>Every diagnostic: its id, its message and what exactly it underlines.</summary>
public partial class DiagnosticsTests
{
    private const string Learn = " [Learn] static Loss Learn([Shape(8)] Tensor x, [Classes(3)] Labels label) => Logits(x).CrossEntropy(label);";

    /// <summary>A network with one Predict and one Learn program around a body.</summary>
    private static string Body(string body, string more = "") =>
        $$"""
        [Network] public sealed partial class Net
        {
            [Predict] static Tensor Logits([Shape(8)] Tensor x) { {{body}} }{{Learn}} {{more}}
        }
        """;

    private static void Reports(string source, string id, string underlined, string message, LanguageVersion version = LanguageVersion.CSharp14)
    {
        var compilation = version == LanguageVersion.CSharp14 ? GeneratorHost.Compile(("Network.cs", source))
            : CSharpCompilation.Create("Test", [GeneratorHost.Parse("using Kiln;" + source, version: version)], GeneratorHost.Compile().References, new(OutputKind.DynamicallyLinkedLibrary));
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error && d.Id is not ("CS0260" or "CS0718"));
        // That a network has no loss may be said beside what is wrong with it.
        var diagnostic = Assert.Single(GeneratorHost.Run(compilation, version).GetRunResult().Diagnostics, d => d.Id == id || d.Severity != DiagnosticSeverity.Info);
        var text = diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length);
        Assert.Equal((id, message, underlined), (diagnostic.Id, diagnostic.GetMessage(), text));
    }

    // ---- What is evaluated ----

    [Theory]
    [InlineData("try { return x.Dense(3); } finally { }", "try { return x.Dense(3); } finally { }", "'try { return x.Dense(3); } finally { }' cannot be evaluated at build time: try is not supported in a network")]
    [InlineData("int[] a = [1, 2]; return x.Dense(a[2]);", "a[2]", "'a[2]' cannot be evaluated at build time: the index 2 is outside of 2 elements")]
    [InlineData("var n = int.MaxValue; return x.Dense(n + 1);", "n + 1", "'n + 1' cannot be evaluated at build time: the result does not fit its type")]
    [InlineData("var n = 0; return x.Dense(3 / n);", "3 / n", "'3 / n' cannot be evaluated at build time: division by zero")]
    [InlineData("var n = 300; return x.Dense((byte)n);", "(byte)n", "'(byte)n' cannot be evaluated at build time: the result does not fit its type")]
    [InlineData("string? s = null; return x.Dense(s!.Length);", "s!.Length", "'s!.Length' cannot be evaluated at build time: it is read from null")]
    [InlineData("return x.Dense(Count);", "Count", "'Count' cannot be evaluated at build time: it may change: make it const or readonly", "static int Count = 3;")]
    [InlineData("return x.Dense(Sum(out var n));", "out var n", "'out var n' cannot be evaluated at build time: arguments by reference are not supported in a network", "static int Sum(out int n) { n = 3; return 2; }")]
    [InlineData("goto end; end: return x.Dense(3);", "goto end;", "'goto end;' cannot be evaluated at build time: goto is not supported in a network")]
    [InlineData("return x.Dense(typeof(int).Name.Length);", "typeof(int)", "'typeof(int)' cannot be evaluated at build time: typeof is not supported in a network")]
    [InlineData("var n = 5; return x.Dense(n switch { 1 => 2, 2 => 3 });", "n switch { 1 => 2, 2 => 3 }", "'n switch { 1 => 2, 2 => 3 }' cannot be evaluated at build time: no arm matches 5")]
    [InlineData("if (x.Sum() == x.Mean()) { } return x.Dense(3);", "x.Sum() == x.Mean()", "'x.Sum() == x.Mean()' cannot be evaluated at build time: tensors have no value at build time")]
    [InlineData("var d = new Dense(3); _ = d.Weight; return d.Apply(x);", "d.Weight", "'d.Weight' cannot be evaluated at build time: the layer has no weight before it is applied for the first time")]
    [InlineData("W.Assign(W * 2); return x.Dense(3);", "W.Assign(W * 2)", "'W.Assign(W * 2)' cannot be evaluated at build time: only a [Learn] program assigns parameters", "static readonly Parameter W = new(2, 2);")]
    public void Not_evaluable(string body, string underlined, string message, string more = "") => Reports(Body(body, more), "KILN001", underlined, message);

    [Theory]
    [InlineData("return x.Dense(DateTime.Now.Day);", "DateTime.Now", "'DateTime.Now' cannot be evaluated at build time: its source is not part of this project")]
    [InlineData("return x.Dense(Environment.ProcessorCount);", "Environment.ProcessorCount", "'Environment.ProcessorCount' cannot be evaluated at build time: its source is not part of this project")]
    [InlineData("return x.Dense(new Random(1).Next(3));", "new Random(1)", "'Random' cannot be evaluated at build time: its source is not part of this project")]
    [InlineData("return x.Dense(System.IO.File.ReadAllText(\"a\").Length);", "ReadAllText(\"a\")", "'File.ReadAllText(string)' cannot be evaluated at build time: its source is not part of this project")]
    public void No_source(string body, string underlined, string message) => Reports(Body(body), "KILN002", underlined, message);

    [Fact]
    public void A_helper_of_another_project_has_no_source()
    {
        var library = GeneratorHost.Compile(("Library.cs", "namespace Library; public static class Blocks { public static Tensor Far(this Tensor x) => x.Dense(3); }"));
        var compilation = GeneratorHost.Compile(("Network.cs", Body("return Library.Blocks.Far(x);"))).AddReferences(library.ToMetadataReference());
        var diagnostic = Assert.Single(GeneratorHost.Run(compilation).GetRunResult().Diagnostics);
        Assert.Equal(("KILN002", "'Blocks.Far(Tensor)' cannot be evaluated at build time: its source is not part of this project"), (diagnostic.Id, diagnostic.GetMessage()));
    }

    [Theory]
    [InlineData("while (true) { }", "while (true) { }", "The evaluation was stopped at 'while (true) { }': it took more than 2000000 steps; is there an endless loop?")]
    [InlineData("return Deep(x, 5);", "Deep(x, n + 1)", "The evaluation was stopped at 'Deep': calls are nested more than 100 deep", "static Tensor Deep(Tensor x, int n) => Deep(x, n + 1);")]
    public void Endless(string body, string underlined, string message, string more = "") => Reports(Body(body, more), "KILN003", underlined, message);

    [Fact]
    public void Fields_that_initialise_each_other() => Reports(
        Body("return x.Dense(A);", "static readonly int A = B + 1; static readonly int B = A + 1;"), "KILN004", "A", "'A' needs its own value while it is being initialised");

    [Fact]
    public void Fields_of_ever_further_constructions_of_a_class() => Reports(
        "using System.Collections.Generic; static class Chain<T> { public static readonly int A = Chain<List<T>>.A + 1; }" + Body("return x.Dense(Chain<int>.A);"), "KILN004", "Chain<List<T>>.A", "'A' needs its own value while it is being initialised");

    [Theory]
    [InlineData("return x.Shape[0] > 4 ? throw new ArgumentException(\"too wide\") : x.Dense(3);", "throw new ArgumentException(\"too wide\")", "too wide")]
    [InlineData("var n = 3; throw new InvalidOperationException($\"n is {n}\");", "throw new InvalidOperationException($\"n is {n}\");", "n is 3")]
    public void Thrown(string body, string underlined, string message) => Reports(Body(body), "KILN005", underlined, message);

    private const string Attention = """
        public sealed class Attention(int heads) : Layer
        {
            readonly Dense _out = new(heads > 0 ? heads : throw new ArgumentException("at least one head"));
            public override Tensor Apply(Tensor x) => x.Shape[^1] % heads == 0 ? Check(_out.Apply(x)) : throw new ArgumentException($"{heads} heads do not divide {x.Shape[^1]}");
            static Tensor Check(Tensor x) => Parts.Few(x, 7);
        }
        static class Parts
        {
            public static readonly Attention None = new(0);
            public static Tensor Few(Tensor x, int most) { if (new[] { 1 }.Select(n => x.Shape[^1] > most ? throw new ArgumentException("too many") : n).Sum() > 0) return x; return x; }
        }
        """;

    /// <summary>The innermost place in the network's own code is underlined; where it was thrown is a further place.</summary>
    [Theory]
    [InlineData("return x.Apply(new Attention(3));", "Apply(new Attention(3))", "3 heads do not divide 8 (thrown in 'Attention.Apply', Network.cs line 4)", "throw new ArgumentException($")]
    [InlineData("return new Attention(0).Apply(x);", "new Attention(0)", "at least one head (thrown in 'new Attention', Network.cs line 3)", "throw new ArgumentException(\"at")]
    [InlineData("return x.Apply(new Attention(8));", "Apply(new Attention(8))", "too many (thrown in 'Parts.Few', Network.cs line 10)", "throw new ArgumentException(\"too")]
    [InlineData("return x.Apply(Parts.None);", "Parts.None", "at least one head (thrown in 'new Attention', Network.cs line 3)", "throw new ArgumentException(\"at")]
    [InlineData("return x.Apply(A);", "new(0)", "at least one head (thrown in 'new Attention', Network.cs line 3)", "throw new ArgumentException(\"at", "static readonly Attention A = new(0);")]
    [InlineData("return new Sequential(new Dense(5), new Attention(3)).Apply(x);", "new Attention(3)", "3 heads do not divide 5 (thrown in 'Attention.Apply', Network.cs line 4)", "throw new ArgumentException($")]
    [InlineData("return Head(x, 3);", "Narrow(x, n - 1)", "2 is too small (thrown in 'Net.Narrow', Network.cs line 14)", "throw new ArgumentException($", "static Tensor Head(Tensor x, int n) => Narrow(x, n - 1); static Tensor Narrow(Tensor x, int n) => n > 2 ? x.Dense(n) : throw new ArgumentException($\"{n} is too small\");")]
    [InlineData("return Head(x, 3);", "Narrow(x)", "no (thrown in 'Inner.Wide', Network.cs line 14)", "throw new ArgumentException(\"no", "static Tensor Head(Tensor x, int n) => Inner.Narrow(x); static class Inner { public static Tensor Narrow(Tensor x) => Wide(x); static Tensor Wide(Tensor x) => x.Shape[0] > 99 ? x : throw new ArgumentException(\"no\"); }")]
    public void Thrown_by_what_the_network_uses(string body, string underlined, string message, string thrown, string more = "") => Thrown_at(Attention + "\n" + Body(body, more), underlined, message, thrown);

    [Theory]
    [InlineData("Attention(3)", "3 heads do not divide 8 (thrown in 'Attention.Apply', Network.cs line 4)", "throw new ArgumentException($")]
    [InlineData("Attention(0)", "at least one head (thrown in 'new Attention', Network.cs line 3)", "throw new ArgumentException(\"at")]
    public void Thrown_by_a_layer_of_a_stack(string layer, string message, string thrown) =>
        Thrown_at($"{Attention} [Network, Input(8), {layer}, Dense(3), CrossEntropy] public sealed partial class Net;", layer, message, thrown);

    private static void Thrown_at(string source, string underlined, string message, string thrown)
    {
        Reports(source, "KILN005", underlined, message);
        var other = Assert.Single(Assert.Single(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", source))).GetRunResult().Diagnostics, d => d.Id == "KILN005").AdditionalLocations);
        Assert.StartsWith(thrown, other.SourceTree!.ToString()[other.SourceSpan.Start..]);
    }

    [Fact]
    public void A_loss_of_the_users_is_not_available_yet() => Reports(
        "public sealed class Mine : StackLossAttribute; [Network, Input(4), Dense(3), Mine] public sealed partial class Net;", "KILN006", "Mine", "'Mine': operator not available yet");

    // ---- The class ----

    [Fact]
    public void Not_partial() => Reports("[Network, Input(4), Dense(3), CrossEntropy] public sealed class Net;", "KILN012", "Net", "'Net' must be declared partial, so that its other half can be generated");

    [Fact]
    public void Nested_in_a_class_that_is_not_partial() => Reports(
        "public class Outer { [Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Net; }", "KILN012", "Outer", "'Outer' must be declared partial, so that its other half can be generated for 'Net' within it");

    [Theory]
    [InlineData("static partial class Net", "be static: it is an object with weights")]
    [InlineData("partial class Net<T>", "be generic, or be inside a generic class")]
    [InlineData("abstract partial class Net", "be abstract")]
    [InlineData("partial record Net", "be a record: networks are not compared by value")]
    [InlineData("partial class Net(int size)", "have a constructor that does not call the generated one: add this(seed)")]
    public void Form(string declaration, string message) =>
        Reports($"[Network] public {declaration} {{ [Predict] static Tensor P([Shape(3)] Tensor x) => x; }}", "KILN013", "Net", "The network class 'Net' cannot " + message);

    [Fact]
    public void Local_to_its_file() => Reports(
        "[Network, Input(4), Dense(3), CrossEntropy] file sealed partial class Net;", "KILN013", "Net", "The network class 'Net' cannot be local to its file: Kiln generates its other half into another file");

    [Fact]
    public void A_constructor_that_leaves_the_network_without_memory() => Reports(
        "[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Net { public Net() { } }",
        "KILN013", "Net", "The network class 'Net' cannot have a constructor that does not call the generated one: add this(seed)");

    [Theory]
    [InlineData("FitLoss")]
    [InlineData("FitGradients")]
    [InlineData("ApplyFit")]
    [InlineData("Gradients")]
    [InlineData("Step")]
    public void Methods_that_come_with_a_program_keep_their_names(string name) => Reports(
        $"[Network] public sealed partial class Net {{ [Learn] static Loss Fit([Shape(4)] Tensor x) => x.Dense(1).Sum(); [Learn] static Loss {name}([Shape(4)] Tensor x) => x.Dense(1).Sum(); }}",
        "KILN016", name, $"'{name}' is reserved: Kiln generates a member of that name into 'Net'");

    [Fact]
    public void Errors_cannot_be_suppressed()
    {
        var compilation = GeneratorHost.Compile(("Network.cs", "#pragma warning disable\n[Network, Input(4), Dense(0), CrossEntropy] public sealed partial class Net;"));
        GeneratorHost.Driver().RunGeneratorsAndUpdateCompilation(compilation, out _, out var diagnostics);
        Assert.Equal("KILN008", Assert.Single(diagnostics, d => !d.IsSuppressed).Id);
    }

    [Theory]
    [InlineData("[Network, Dense(3), CrossEntropy]", "Net", "'Net' has layers but no [Input]")]
    [InlineData("[Network, Input(3), CrossEntropy]", "Input(3)", "'Net' has an [Input] but no layers")]
    [InlineData("[Network, Input(3), Dense(3), CrossEntropy, MeanSquaredError]", "MeanSquaredError", "'Net' has two losses")]
    [InlineData("[Network, Input(3), Dense(3), CrossEntropy, Tanh]", "CrossEntropy", "the loss must be the last attribute")]
    [InlineData("[Network, Input(3), Input(4), Input(5, 2), Dense(3), CrossEntropy]", "Input(5, 2)", "the inputs of 'Net' have 1 and 2 axes; only their sizes may differ")]
    [InlineData("[Network, Input(1, 4, 4), Input(1, 5, 4), Input(1, 4, 4), GlobalAveragePool, Dense(3), CrossEntropy]", "Input(1, 4, 4)", "'Net' declares the input [1, 4, 4] twice")]
    [InlineData("[Network, Input(1, 4, 4), Input(1, 5, 4, Bytes = true), GlobalAveragePool, Dense(3), CrossEntropy]", "Input(1, 5, 4, Bytes = true)", "the inputs of 'Net' differ in Bytes, Scale, Mean, Vocabulary or Sequence; only their sizes may differ")]
    [InlineData("[Network, Input(1, 4, 4, Bytes = true, Mean = 3), Input(1, 5, 4, Bytes = true), GlobalAveragePool, Dense(3), CrossEntropy]", "Input(1, 5, 4, Bytes = true)", "the inputs of 'Net' differ in Bytes, Scale, Mean, Vocabulary or Sequence; only their sizes may differ")]
    public void Stack(string attributes, string underlined, string message) => Reports($"{attributes} public sealed partial class Net;", "KILN014", underlined, message);

    [Fact]
    public void A_stack_has_no_programs_of_its_own() => Reports(
        "[Network, Input(3), Dense(3), CrossEntropy] public sealed partial class Net { [Predict] static Tensor Other([Shape(3)] Tensor x) => x; }",
        "KILN014", "Other", "'Net' has a layer stack, which gives it Predict and Learn: write methods of your own in a class without layer attributes");

    [Theory]
    [InlineData("[Network, Input(4), Dense(3)] public sealed partial class Net;", "end the stack with a loss, such as CrossEntropy")]
    [InlineData("[Network] public sealed partial class Net { [Predict] static Tensor Scores([Shape(4)] Tensor x) => x.Dense(3); }", "add a [Learn] method that returns a Loss")]
    public void No_loss(string source, string cure)
    {
        Reports(source, "KILN030", "Net", $"'Net' has no loss and so no Train: it can only load weights. To train it, {cure}");
        Assert.Equal(DiagnosticSeverity.Info, Assert.Single(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", source))).GetRunResult().Diagnostics).Severity);
    }

    [Fact]
    public void Layers_that_cannot_be_watched()
    {
        Reports("[Network(Activations = true)] public sealed partial class Net { [Learn] static Loss L([Shape(4)] Tensor x) => x.Dense(3).Square().Sum(); }",
            "KILN008", "Activations = true", "Activations: expected a stack of layers, got methods; a [Learn] method can return such numbers after its loss");
        Reports($"[Network(Activations = true), Input(4), {string.Concat(Enumerable.Repeat("Tanh, ", 84))}Dense(3), CrossEntropy] public sealed partial class Net;",
            "KILN008", "Activations = true", "Activations: expected a stack of at most 84 layers, got 85");
    }

    [Fact]
    public void Nothing_to_compute_again() => Reports(
        "[Network(Recompute = true)] public sealed partial class Net { static readonly Parameter Weight = new(4, 4); [Learn] static Update Hebb([Shape(4)] Tensor x) => Update.Of(Weight, x.Outer(x)); }",
        "KILN031", "Recompute = true", "'Net' has no program that learns by gradients, so Recompute has no effect: remove it");

    [Fact]
    public void Nothing_to_round()
    {
        const string rest = "Input(4), Dense(3), CrossEntropy] public sealed partial class Net;", message = "'Net' has no kernels for GPUs, so its Precision has no effect: remove it, or add Target.Gpu to its Targets";
        Reports("[Network(Precision = Precision.TensorFloat32), " + rest, "KILN040", "Precision = Precision.TensorFloat32", message);
        Reports("[Network(Targets = Target.Cpu, Precision = Precision.TensorFloat32), " + rest, "KILN040", "Precision = Precision.TensorFloat32", message);
        Assert.Empty(GeneratorHost.Driver(options: new() { ["build_property.KilnHasGpu"] = "true" }).RunGenerators(GeneratorHost.Compile(("Network.cs", "[Network(Targets = Target.Gpu, Precision = Precision.TensorFloat32), " + rest))).GetRunResult().Diagnostics);
        Assert.Empty(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", "[Network(Precision = Precision.Float32), " + rest))).GetRunResult().Diagnostics);
    }

    [Fact]
    public void Nothing_declared() => Reports("[Network] public sealed partial class Net;", "KILN015", "Net", "'Net' declares neither a layer stack nor a [Predict] or [Learn] method");

    [Theory]
    [InlineData("static int Train = 3;", "Train")]
    [InlineData("class Workspace;", "Workspace")]
    [InlineData("void Save() { }", "Save")]
    public void Reserved_names(string member, string name) => Reports(
        Body("return x.Dense(3);", member), "KILN016", name, $"'{name}' is reserved: Kiln generates a member of that name into 'Net'");

    [Theory]
    [InlineData("Step")]
    [InlineData("Gradients")]
    [InlineData("LearningRate")]
    [InlineData("FitJudge")]
    [InlineData("ApplyJudge")]
    [InlineData("JudgeLoss")]
    public void Reserved_names_of_a_training(string name) => Reports(
        Body("return x.Dense(3);", $"[Learn] static Loss Judge([Shape(8)] Tensor x) => Logits(x).Square().Sum(); [Learn] static Loss {name}([Shape(8)] Tensor x) => Logits(x).Abs().Sum();"),
        "KILN016", name, $"'{name}' is reserved: Kiln generates a member of that name into 'Net'");

    [Theory]
    [InlineData("return x.Dense(3, name: \"a\") + x.Dense(3, name: \"a\");", "\"a\"", "logits.a")]
    [InlineData("return (x * A + _a).Dense(3);", "_a", "a", "static readonly Parameter A = new(8), _a = new(8);")]
    [InlineData("return B.Apply(x).Dense(3);", "new Dense(8) { Name = \"a\" }", "b.a.weight", "static readonly Sequential B = new(new Dense(8) { Name = \"a\" }, new Dense(8) { Name = \"a\" });")]
    [InlineData("return B.Apply(C.Apply(x)).Dense(3);", "Apply(C.Apply(x))", "a.weight", "static readonly Dense B = new(8) { Name = \"a\" }, C = new(8) { Name = \"a\" };")]
    public void Duplicate_names(string body, string underlined, string name, string more = "") => Reports(
        Body(body, more), "KILN017", underlined, $"The name '{name}' is already used by another parameter or layer of the network");

    [Fact]
    public void Old_language() => Reports(
        "[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Net { }", "KILN018", "Net", "A network class needs C# 12 or newer; this project is compiled as C# 11.0", LanguageVersion.CSharp11);

    // ---- The programs ----

    [Theory]
    [InlineData("[Predict] Tensor P([Shape(3)] Tensor x) => x;", "P", "a [Predict] method must be static, and 'P' is not")]
    [InlineData("[Predict] static Tensor P(Tensor x) => x;", "Tensor x", "the input 'x' needs its shape: [Shape(…)]")]
    [InlineData("[Predict] static Tensor P(int x) => Tensor.Zeros(x);", "int x", "the input 'x' has the type int; an input is a Tensor, Labels, a Sequence or a TokenSequence")]
    [InlineData("[Predict] static Tensor P([Shape(3)] ref Tensor x) => x;", "[Shape(3)] ref Tensor x", "the input 'x' is passed by reference: pass inputs by value")]
    [InlineData("[Predict] static int P([Shape(3)] Tensor x) => 3;", "int", "'P' returns int; a [Predict] method returns Tensor, Labels, Sequence, TokenSequence or a named tuple of them")]
    [InlineData("[Learn] static Tensor P([Shape(3)] Tensor x) => x;", "Tensor", "'P' returns Kiln.Tensor; a [Learn] method returns Loss, Residuals, Update, nothing, or a named tuple of one of the first three and tensors to watch")]
    [InlineData("[Learn] static Loss P([Shape(3)] Tensor x, Labels y) => x.Dense(3).CrossEntropy(y);", "Labels y", "the labels 'y' need the number of their classes: [Classes(…)]")]
    public void Signatures(string program, string underlined, string message) =>
        Reports($"[Network] public sealed partial class Net {{ {program} }}", "KILN019", underlined, message);

    [Fact]
    public void A_helper_that_makes_parameters_for_two_programs() => Reports(
        """
        [Network] public sealed partial class Net
        {
            static Tensor Body(Tensor x) => x.Dense(3);
            [Predict] static Tensor Logits([Shape(4)] Tensor x) => Body(x);
            [Learn] static Loss Fit([Shape(4)] Tensor x, [Classes(3)] Labels y) => Body(x).CrossEntropy(y);
        }
        """, "KILN020", "Body(x)", "'Body' makes parameters and is called from both 'Logits' and 'Fit': mark it [Shared] to share them, or call it from a [Predict] method that both use");

    [Theory]
    [InlineData("\"Nothing\"", "KILN021", "'Net' has no part 'Nothing'. A part is a static readonly field with layers or parameters, a [Shared] method or a [Predict] method")]
    [InlineData("nameof(B)", "KILN022", "'Fit' uses no trainable parameter of 'B'")]
    public void Parts(string part, string id, string message) => Reports(
        $$"""
        [Network] public sealed partial class Net
        {
            static readonly Dense A = new(3), B = new(3);
            [Learn] static Loss All([Shape(3)] Tensor x, [Classes(3)] Labels y) => B.Apply(A.Apply(x)).CrossEntropy(y);
            [Learn({{part}})] static Loss Fit([Shape(3)] Tensor x, [Classes(3)] Labels y) => A.Apply(x).CrossEntropy(y);
        }
        """, id, part, message);

    [Fact]
    public void Trains_nothing() => Reports(
        "[Network] public sealed partial class Net { static readonly Dense A = new(3); [Learn] static Loss Fit([Shape(3)] Tensor x) => A.Apply(x).StopGradient().Sum(); }",
        "KILN023", "Fit", "The loss of 'Fit' depends on no trainable parameter");

    private const string Untrained =
        "[Network] public sealed partial class Net { [Predict] static Tensor Scores([Shape(3)] Tensor x) => x.Dense(3); [Learn] static Loss Fit([Shape(3)] Tensor x) => x.Dense(1).Sum(); }";

    [Theory]
    [InlineData("[Network, Input(4), Dense(3), Softmax, CrossEntropy] public sealed partial class Net;", "CrossEntropy", "Softmax", "CrossEntropy")]
    [InlineData("[Network, Input(4), Dense(1), Sigmoid, BinaryCrossEntropyWithLogits] public sealed partial class Net;", "BinaryCrossEntropyWithLogits", "Sigmoid", "BinaryCrossEntropyWithLogits")]
    [InlineData("[Network] public sealed partial class Net { [Predict] static Tensor P([Shape(4)] Tensor x) => x.Dense(3).Softmax(); [Learn] static Loss L([Shape(4)] Tensor x, [Classes(3)] Labels y) => P(x).CrossEntropy(y); }", "CrossEntropy(y)", "Softmax", "CrossEntropy")]
    public void A_loss_of_logits_that_is_given_probabilities(string source, string underlined, string within, string loss) =>
        Reports(source, "KILN029", underlined, $"{loss} takes logits and applies the {within} itself: remove the {within} before it");

    [Fact]
    public void A_prediction_with_untrained_parameters() => Reports(Untrained, "KILN024", "Scores", "'Scores' reads parameters that no program trains: scores.dense1.weight, scores.dense1.bias");

    [Fact]
    public void A_pragma_silences_a_warning()
    {
        var compilation = GeneratorHost.Compile(("Network.cs", "#pragma warning disable KILN024\n" + Untrained));
        GeneratorHost.Driver().RunGeneratorsAndUpdateCompilation(compilation, out _, out var diagnostics);
        Assert.All(diagnostics, d => Assert.True(d.IsSuppressed));
    }

    [Fact]
    public void Assigned_twice() => Reports(
        "[Network] public sealed partial class Net { static readonly Parameter W = new(3); [Learn] static void Twice() { W.Assign(W * 2); W.Assign(W * 3); } }",
        "KILN025", "Assign(W * 3)", "'w' is assigned twice in one program");

    /// <summary>Every layer of a stack that cannot be made, not the first alone.</summary>
    [Fact]
    public void All_layers_that_cannot_be_made()
    {
        const string Layers = "public sealed class Wide : Layer { public Wide(int n) { if (n > 3) throw new System.ArgumentException(\"too wide\"); } public override Tensor Apply(Tensor x) => x; }";
        var compilation = GeneratorHost.Compile(("Network.cs", Layers + "[Network, Input(8), Wide(4), Dense(3), Wide(5), Dense(10), CrossEntropy] public sealed partial class Net;"));
        var found = GeneratorHost.Run(compilation).GetRunResult().Diagnostics;
        Assert.Equal([("KILN005", "Wide(4)"), ("KILN005", "Wide(5)")], found.Select(d => (d.Id, d.Location.SourceTree!.ToString().Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length))));
    }

    // ---- The back end ----

    [Fact]
    public void No_kernel_yet() => Reports(
        "[Network] public sealed partial class Net { static readonly Parameter Picture = new(1, 4, 4); [Predict] static Tensor P([Shape(4)] Tensor x) => x + Picture.MaxPool2D(2).Flatten(); }",
        "KILN026", "MaxPool2D(2)", "'MaxPool2D' cannot be compiled yet: [1, 4, 4] does not depend on the sample");

    [Fact]
    public void A_fault_of_the_compiler_is_told_and_does_not_end_the_build()
    {
        var sound = GeneratorHost.Network("[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Net;");
        Assert.NotNull(NetworkGenerator.Compiled.From(sound, false, default).Success);
        // Its programs read parameters that it does not have.
        var result = NetworkGenerator.Compiled.From(sound with { Parameters = [] }, false, default);
        Assert.Null(result.Success);
        var diagnostic = Diagnostic.Create(result.Descriptor!, Location.None, "Net", result.Problem);
        Assert.Equal("KILN027", diagnostic.Id);
        Assert.StartsWith("'Net' could not be compiled. This is a bug in Kiln: ", diagnostic.GetMessage());
        Assert.NotEqual("", result.Problem);
    }

    [Fact]
    public void One_error_of_a_helper_is_reported_once() => Reports(Body("return Head(x);", "static Tensor Head(Tensor x) => x.Dense(0);"), "KILN008", "0", "Dense: units must be at least 1, got 0");

    [Theory]
    [InlineData("return x.Dens(3);", "", "CS1061")]
    [InlineData("return x + P;", "readonly Parameter P = new(3);", "CS0120")]
    [InlineData("return x.Dense(Units);", "int Units => 3;", "CS0120")]
    public void A_class_that_does_not_compile_is_the_compilers_to_report(string body, string members, string error)
    {
        var compilation = GeneratorHost.Compile(("Network.cs", Body(body, members)));
        Assert.Contains(compilation.GetDiagnostics(), d => d.Id == error);
        Assert.Empty(GeneratorHost.Run(compilation).GetRunResult().Diagnostics);
    }

    [Fact]
    public void Every_diagnostic_has_a_page()
    {
        var docs = Path.GetFullPath(Path.Combine(ThisFolder(), "../../../docs/diagnostics"));
        var descriptors = typeof(Generators.Diagnostics.Descriptors).GetFields().Select(f => f.GetValue(null)).OfType<DiagnosticDescriptor>().ToList();
        Assert.All(descriptors, d => Assert.StartsWith($"# {d.Id}: {d.Title}\n", File.ReadAllText(Path.Combine(docs, d.Id + ".md")).ReplaceLineEndings("\n")));
        // Those at calls of what is not generated are told by the C# compiler.
        var calls = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path.Combine(docs, "../../src/Runtime/Training/NotGenerated.cs")), "DiagnosticId = \"(KILN[0-9]+)\"").Select(m => m.Groups[1].Value);
        Assert.Equal(descriptors.Select(d => d.Id).Union(calls).Order(), Directory.GetFiles(docs, "KILN0*.md").Select(Path.GetFileNameWithoutExtension).Order());
    }

    private static string ThisFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
