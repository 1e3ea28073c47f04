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

    // ---- Shapes and arguments ----

    [Theory]
    [InlineData("return x + x.Dense(3);", "x + x.Dense(3)", "Add: [N, 8] and [N, 3] do not broadcast: 8 meets 3, and neither is 1")]
    [InlineData("return x.Sum().LayerNorm();", "LayerNorm()", "LayerNorm: expected at least two elements to normalise, got [N]")]
    [InlineData("return x.Reshape(8, 1).LayerNorm(1);", "LayerNorm(1)", "LayerNorm: expected at least two elements to normalise, got [N, 8, 1]")]
    [InlineData("return x.Sum().GroupNorm(1);", "GroupNorm(1)", "GroupNorm: expected at least one axis per sample, got [N]")]
    [InlineData("return x.GroupNorm(8);", "GroupNorm(8)", "GroupNorm: expected at least two elements to normalise, got [N, 8]")]
    [InlineData("return x.InstanceNorm();", "InstanceNorm()", "InstanceNorm: expected channels and at least one more axis per sample, got [N, 8]")]
    [InlineData("return x.Sum().LocalResponseNorm();", "LocalResponseNorm()", "LocalResponseNorm: expected at least one axis per sample, got [N]")]
    [InlineData("return x.Sum().ParametricRelu();", "ParametricRelu()", "ParametricRelu: expected channels, at least one axis per sample, got [N]")]
    [InlineData("return x.SpatialDropout(0.5);", "SpatialDropout(0.5)", "SpatialDropout: expected channels and at least one more axis per sample, got [N, 8]")]
    [InlineData("return x.Sum().BatchNorm();", "BatchNorm()", "BatchNorm: expected at least one axis per sample, got [N]")]
    [InlineData("return x + new Parameter(8).Tanh().BatchNorm();", "BatchNorm()", "BatchNorm: expected a value of each sample, got [8], which is the same for all")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(1, kernel: 2000, padding: 2000);", "Conv3D(1, kernel: 2000, padding: 2000)", "Conv3D: the weight [1, 1, 2000, 2000, 2000] would have more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).WeightedAveragePool2D(50000, padding: 49999);", "WeightedAveragePool2D(50000, padding: 49999)", "WeightedAveragePool2D: the weight [1, 50000, 50000] would have more elements than an int can count")]
    [InlineData("return x.Conv1D(3, 1);", "Conv1D(3, 1)", "Conv1D: expected a signal [channels, length], got [N, 8]")]
    [InlineData("return x.MaxPool1D(2);", "MaxPool1D(2)", "MaxPool1D: expected a signal [channels, length], got [N, 8]")]
    [InlineData("return x.Conv3D(3, 1);", "Conv3D(3, 1)", "Conv3D: expected a volume [channels, depth, height, width], got [N, 8]")]
    [InlineData("return x.Upsample2D(2);", "Upsample2D(2)", "Upsample2D: expected an image [channels, height, width], got [N, 8]")]
    [InlineData("return x.GlobalMaxPool();", "GlobalMaxPool()", "GlobalMaxPool: expected channels and at least one more axis per sample, got [N, 8]")]
    [InlineData("var there = new Conv2D(2); there.Apply(x.Reshape(1, 2, 4).Pad(1, 1, 1)); return there.Transposed().Apply(x.Reshape(1, 2, 4));", "Apply(x.Reshape(1, 2, 4))", "ConvTransposed2D: the transposed layer expects 2 channels, got [N, 1, 2, 4]")]
    [InlineData("return x.Conv2D(3, 3);", "Conv2D(3, 3)", "Conv2D: expected an image [channels, height, width], got [N, 8]")]
    public void Shapes(string body, string underlined, string message) => Reports(Body(body), "KILN007", underlined, message);

    [Theory]
    [InlineData("return x.Dense(0);", "0", "Dense: units must be at least 1, got 0")]
    [InlineData("return x.Dense(units: 2 - 3);", "2 - 3", "Dense: units must be at least 1, got -1")]
    [InlineData("return x.Dense(3).Dropout(1.5);", "1.5", "Dropout: expected a rate from 0 to below 1, got 1.5")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 5);", "5", "Conv2D: the 5×5 kernel is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(3, 3);", "3, 3", "Reshape: [N, 8] has 8 elements per sample, which [3, 3] does not hold")]
    [InlineData("return x.Dense(3).MatMul(Tensor.Zeros(4, 2));", "Tensor.Zeros(4, 2)", "MatMul: [N, 3] and [4, 2]: the summed axes have 3 and 4 elements")]
    [InlineData("return x.Apply(new Dense(-2));", "-2", "Dense: units must be at least 1, got -2")]
    [InlineData("return new Sequential(new Dense(4), new Dropout(2)).Apply(x);", "2", "Dropout: expected a rate from 0 to below 1, got 2")]
    [InlineData("return x.Dense(3) * new Parameter(0);", "0", "Parameter: expected sizes of at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, stride: 0);", "0", "Conv2D: stride must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, stride: (1, 0));", "(1, 0)", "Conv2D: stride must be at least 1, got 1×0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, dilation: 0);", "0", "Conv2D: dilation must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 2, dilation: int.MaxValue);", "2", "Conv2D: the 2×2 kernel is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, padding: int.MaxValue);", "Conv2D(3, kernel: 1, padding: int.MaxValue)", "Conv2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 0);", "0", "Conv2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, groups: 0);", "0", "Conv2D: groups must be at least 1, got 0")]
    [InlineData("return new Conv2D(3) { KernelHeight = 0 }.Apply(x.Reshape(1, 2, 4));", "0", "Conv2D: kernelHeight must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, padding: (1, -2));", "(1, -2)", "Conv2D: padding must be Padding.Same (-1), Padding.Valid (0) or a number of pixels, got -2")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 1, padding: (1, 0, Padding.Same, 0));", "(1, 0, Padding.Same, 0)", "Conv2D: padding must be at least 0 on each side, got -1")]
    [InlineData("return new Conv2D(3) { Kernel = 1, PaddingTop = -1 }.Apply(x.Reshape(1, 2, 4));", "-1", "Conv2D: paddingTop must be at least 0 on each side, got -1")]
    [InlineData("return x.Reshape(2, 2, 2).Conv2D(3, kernel: 1, groups: 2);", "2", "Conv2D: the 2 groups must divide the 2 channels in and the 3 out")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(2, padding: (0, 0, 2, 0));", "(0, 0, 2, 0)", "MaxPool2D: expected a padding smaller than the 2×2 window, got 2: some windows would see nothing else")]
    [InlineData("return x.Reshape(1, 2, 4).LpPool2D(3);", "3", "LpPool2D: the 3×3 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).AveragePool2D((5, 1), stride: 1, ceiling: true);", "(5, 1)", "AveragePool2D: the 5×1 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, 2).Relu().MaxPool2D(2);", "2", "MaxPool2D: the 2×2 window is larger than its padded input, 1×3")]
    [InlineData("return x.Reshape(2, 4).Conv1D(3, kernel: 5);", "5", "Conv1D: the 5 kernel is larger than its padded input, 4")]
    [InlineData("return x.Reshape(2, 4).Conv1D(3, kernel: 2, groups: 3);", "3", "Conv1D: the 3 groups must divide the 2 channels in and the 3 out")]
    [InlineData("return x.Reshape(2, 4).Conv1D(3, kernel: 2, padding: (1, 1, 1));", "(1, 1, 1)", "Conv1D: expected a padding for 1 axis or 2 sides, got 3 numbers")]
    [InlineData("return x.Reshape(1, 2, 4).Conv2D(3, kernel: 2, padding: (1, 1, 1));", "(1, 1, 1)", "Conv2D: expected a padding for 2 axes or 4 sides, got 3 numbers")]
    [InlineData("return x.Reshape(2, 4).MaxPool1D(2, stride: 0);", "0", "MaxPool1D: stride must be at least 1, got 0")]
    [InlineData("return x.Reshape(2, 4).AveragePool1D(2, padding: 2);", "2", "AveragePool1D: expected a padding smaller than the 2 window, got 2: some windows would see nothing else")]
    [InlineData("return x.Reshape(1, 2, 4).AdaptiveMaxPool2D((2, 0));", "(2, 0)", "AdaptiveMaxPool2D: size must be at least 1, got 2×0")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 2, stride: 2, outputPadding: 2);", "2", "ConvTransposed2D: expected an output padding below the stride, 2, and none beside Padding.Same, got 2")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 2, stride: 2, padding: Padding.Same, outputPadding: 1);", "1", "ConvTransposed2D: expected an output padding below the stride, 2, and none beside Padding.Same, got 1")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 1, padding: (1, 0));", "(1, 0)", "ConvTransposed2D: a padding of 1 and 1 leaves nothing of 2 elements out of 2")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(3, kernel: 2, outputPadding: -1);", "-1", "ConvTransposed2D: outputPadding must be at least 0, got -1")]
    [InlineData("return x.Reshape(2, 4).ConvTransposed1D(4, 2, stride: 2, padding: 5);", "5", "ConvTransposed1D: a padding of 5 and 5 leaves nothing of 8 elements out of 4")]
    [InlineData("return x.Reshape(1, 2, 4).Upsample2D(0);", "0", "Upsample2D: factor must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).Upsample2D(2, (Interpolation)7);", "(Interpolation)7", "Upsample2D: mode is no Interpolation")]
    [InlineData("return x.Reshape(1, 2, 4).LocallyConnected2D(0, kernel: 2);", "0", "LocallyConnected2D: channels must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).LocallyConnected2D(2, kernel: 3);", "3", "LocallyConnected2D: the 3×3 kernel is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).WeightedAveragePool2D((3, 1));", "(3, 1)", "WeightedAveragePool2D: the 3×1 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(2, kernel: (1, 3, 1));", "(1, 3, 1)", "Conv3D: the 1×3×1 kernel is larger than its padded input, 2×2×2")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(2, kernel: (1, 0, 1));", "(1, 0, 1)", "Conv3D: expected a kernel of at least 1×1×1, got 1×0×1")]
    [InlineData("return x.Reshape(1, 2, 2, 2).Conv3D(2, kernel: 1, padding: (1, 1));", "(1, 1)", "Conv3D: expected a padding for 3 axes or 6 sides, got 2 numbers")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(int.MaxValue);", "int.MaxValue", "MaxPool2D: the 2147483647×2147483647 window is larger than its padded input, 2×4")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(2, stride: int.MaxValue, ceiling: true).Upsample2D(int.MaxValue);", "Upsample2D(int.MaxValue)", "Upsample2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).Upsample2D(int.MaxValue, Interpolation.Bilinear);", "Upsample2D(int.MaxValue, Interpolation.Bilinear)", "Upsample2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).AdaptiveMaxPool2D(int.MaxValue);", "AdaptiveMaxPool2D(int.MaxValue)", "AdaptiveMaxPool2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).ConvTransposed2D(1, 2, stride: int.MaxValue);", "ConvTransposed2D(1, 2, stride: int.MaxValue)", "ConvTransposed2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).LocallyConnected2D(3, kernel: 60000, padding: 60000);", "LocallyConnected2D(3, kernel: 60000, padding: 60000)", "LocallyConnected2D: more elements than an int can count")]
    [InlineData("return x.Reshape(1, 2, 4).Convolve2D(new Parameter(1, 1, 1, 1), stride: 0);", "0", "Convolve2D: stride must be at least 1, got 0")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(0);", "0", "MaxPool2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("return x.Reshape(1, 2, 4).MaxPool2D(default);", "default", "MaxPool2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("return x.Reshape(1, 2, 4).AveragePool2D(2, stride: -1);", "-1", "AveragePool2D: stride must be at least 1, got -1")]
    [InlineData("return x.Reshape(1, 2, 4).LpPool2D(2, p: double.NaN);", "double.NaN", "LpPool2D: expected a finite p of at least 1, got NaN")]
    [InlineData("return x.LayerNorm(2);", "2", "LayerNorm: expected 0 to 1 last axes of [8], got 2")]
    [InlineData("return x.LayerNorm(lastAxes: -1);", "-1", "LayerNorm: expected 0 to 1 last axes of [8], got -1")]
    [InlineData("return x.LayerNorm(epsilon: -1);", "-1", "LayerNorm: epsilon must be above 0, got -1")]
    [InlineData("return x.GroupNorm(3);", "3", "GroupNorm: 3 groups do not divide the channels of [N, 8]")]
    [InlineData("return x.GroupNorm(0);", "0", "GroupNorm: groups must be at least 1, got 0")]
    [InlineData("return x.Reshape(2, 4).InstanceNorm(double.NaN);", "double.NaN", "InstanceNorm: epsilon must be a finite number, got NaN")]
    [InlineData("return x.LocalResponseNorm(0);", "0", "LocalResponseNorm: size must be at least 1, got 0")]
    [InlineData("return x.LocalResponseNorm(alpha: -1);", "-1", "LocalResponseNorm: alpha must be at least 0, got -1")]
    [InlineData("return x.LocalResponseNorm(beta: double.NaN);", "double.NaN", "LocalResponseNorm: beta must be a finite number, got NaN")]
    [InlineData("return new LocalResponseNorm(3) { K = 0 }.Apply(x);", "0", "LocalResponseNorm: k must be above 0, got 0")]
    [InlineData("return x.ParametricRelu(slope: double.NaN);", "double.NaN", "ParametricRelu: slope must be a finite number, got NaN")]
    [InlineData("return x.Reshape(2, 4).SpatialDropout(1);", "1", "SpatialDropout: expected a rate from 0 to below 1, got 1")]
    [InlineData("return x.Huber(x, delta: 0);", "0", "Huber: delta must be above 0, got 0")]
    [InlineData("return x.Huber(x.Dense(3));", "x.Dense(3)", "Huber: expected a target of the shape of [N, 8], got [N, 3]")]
    [InlineData("return x.BatchNorm(momentum: 1.5);", "1.5", "BatchNorm: expected a momentum from 0 to 1, got 1.5")]
    [InlineData("return x.BatchNorm(double.NaN);", "double.NaN", "BatchNorm: expected a momentum from 0 to 1, got NaN")]
    [InlineData("return x.BatchNorm(epsilon: 0);", "0", "BatchNorm: epsilon must be above 0, got 0")]
    [InlineData("return x.BatchNorm(epsilon: 1e-60);", "1e-60", "BatchNorm: epsilon must be above 0, got 1E-60")]
    [InlineData("return x.BatchNorm(epsilon: double.PositiveInfinity);", "double.PositiveInfinity", "BatchNorm: epsilon must be a finite number, got Infinity")]
    [InlineData("return new BatchNorm { Momentum = -1 }.Apply(x);", "-1", "BatchNorm: expected a momentum from 0 to 1, got -1")]
    [InlineData("return x.Dropout(-0.1);", "-0.1", "Dropout: expected a rate from 0 to below 1, got -0.1")]
    [InlineData("return x.LeakyRelu(double.PositiveInfinity);", "double.PositiveInfinity", "LeakyRelu: slope must be a finite number, got Infinity")]
    [InlineData("return x.Elu(double.NaN);", "double.NaN", "Elu: alpha must be a finite number, got NaN")]
    [InlineData("return x.Softmax(temperature: 0);", "0", "Softmax: expected a finite temperature above 0, got 0")]
    [InlineData("return x.Softmax(axis: 1);", "1", "Softmax: axis 1 of a sample that has 1")]
    [InlineData("return x.Clamp(1, -0.5);", "1", "Clamp: low, 1, is above high, -0.5")]
    [InlineData("return x.Clamp(0, double.NaN);", "double.NaN", "Clamp: high must be a number, got NaN")]
    [InlineData("return x.Reshape(0, 8);", "0", "Reshape: expected sizes of at least 1, and at most one -1, got [0, 8]")]
    [InlineData("return x.Slice(0, 3, 0);", "0", "Slice: length must be at least 1, got 0")]
    [InlineData("return x.Slice(0, -1, 2);", "-1", "Slice: start must be at least 0, got -1")]
    [InlineData("return x.Slice(0, 6, 3);", "3", "Slice: 3 elements from 6 on along axis 0 of [8], which has 8")]
    [InlineData("return x.Slice(2, 0, 1);", "2", "Slice: axis 2 of a sample that has 1")]
    [InlineData("return x.Split(3)[0];", "3", "Split: 3 equal parts of axis 0 of [8], which has 8 elements")]
    [InlineData("return x.Split(0)[0];", "0", "Split: parts must be at least 1, got 0")]
    [InlineData("return x.Pad(0, 1, -1);", "-1", "Pad: after must be at least 0, got -1")]
    [InlineData("return x.Pad(0, 1, int.MaxValue);", "Pad(0, 1, int.MaxValue)", "Pad: more elements than an int can count")]
    [InlineData("return x.Transpose(0, 1);", "1", "Transpose: [0, 1] is not a permutation of the 1 axes of [8]")]
    [InlineData("return x.Sum(3);", "3", "Sum: axis 3 of [8], which has 1")]
    [InlineData("return x.Sum(0, -1);", "-1", "Sum: an axis is named twice in [0, -1]")]
    [InlineData("return x.Sum(axes: [0, 7]);", "7", "Sum: axis 7 of [8], which has 1")]
    [InlineData("int[] axes = [7]; return x.Sum(axes);", "axes", "Sum: axis 7 of [8], which has 1")]
    [InlineData("return x.Reshape(-1, 2, -1);", "-1", "Reshape: expected sizes of at least 1, and at most one -1, got [-1, 2, -1]")]
    [InlineData("return x.Reshape(2, 4).Transpose(1);", "1", "Transpose: [1] is not a permutation of the 2 axes of [2, 4]")]
    [InlineData("return x + Tensor.Zeros(8, -2);", "-2", "Zeros: expected sizes of at least 1, got [8, -2]")]
    [InlineData("return new Reshape(2, 0).Apply(x);", "0", "Reshape: expected sizes of at least 1, and at most one -1, got [2, 0]")]
    [InlineData("return x.MaxPoolChannels(3);", "3", "MaxPoolChannels: groups of 3 do not divide the channels of [N, 8]")]
    [InlineData("return new Dense(3) { InitializerScale = double.NaN }.Apply(x);", "double.NaN", "Dense: initializerScale must be a finite number, got NaN")]
    [InlineData("return new Dense(3) { BiasInitializerScale = double.NaN }.Apply(x);", "double.NaN", "Dense: biasInitializerScale must be a finite number, got NaN")]
    [InlineData("return new Dense(3) { BiasInitializer = Initializer.Orthogonal }.Apply(x);", "Initializer.Orthogonal", "Dense: Orthogonal expects at least two axes, but the bias is [3]")]
    [InlineData("return x.Dense(3, initializer: (Initializer)99);", "(Initializer)99", "Dense: initializer is no Initializer")]
    [InlineData("return x * new Parameter(8) { Scale = double.NaN };", "double.NaN", "Parameter: expected a finite scale, got NaN")]
    [InlineData("return x * new Parameter(8) { Initializer = Initializer.Orthogonal };", "Initializer.Orthogonal", "Parameter: Orthogonal expects at least two axes, got 1")]
    public void Arguments(string body, string underlined, string message) => Reports(Body(body), "KILN008", underlined, message);

    [Fact]
    public void A_size_that_is_not_given_is_no_size_of_zero()
    {
        var network = GeneratorHost.Network(
            """
            [Network] public sealed partial class Net
            {
                [Predict] static Tensor P([Shape(1, 8, 8)] Tensor x) => Plain(Plain(x, 2), 3, new Size()).MaxPool2D(2, stride: default);
                static Tensor Plain(Tensor x, int channels, Size stride = default) => x.Conv2D(channels, kernel: 3, stride, dilation: stride.Height + 1);
            }
            """);
        Assert.Equal("[N, 3, 2, 2]", network.Programs[0].Graph[network.Programs[0].Graph.Outputs[0].Node].Type.ToString());
    }

    [Theory]
    [InlineData("[Conv2D(4, Kernel = 9)]", "KILN008", "9", "Conv2D: the 9×9 kernel is larger than its padded input, 8×8")]
    [InlineData("[Conv2D(4, Kernel = 3, Stride = 0)]", "KILN008", "0", "Conv2D: stride must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Kernel = 3, Dilation = 0)]", "KILN008", "0", "Conv2D: dilation must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Kernel = 0)]", "KILN008", "0", "Conv2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("[Conv2D(4, KernelWidth = 0)]", "KILN008", "0", "Conv2D: kernelWidth must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Groups = 0)]", "KILN008", "0", "Conv2D: groups must be at least 1, got 0")]
    [InlineData("[Conv2D(4, Padding = -2)]", "KILN008", "-2", "Conv2D: padding must be Padding.Same (-1), Padding.Valid (0) or a number of pixels, got -2")]
    [InlineData("[Conv2D(4, StrideHeight = 0)]", "KILN008", "0", "Conv2D: strideHeight must be at least 1, got 0")]
    [InlineData("[Conv2D(4, DilationWidth = -1)]", "KILN008", "-1", "Conv2D: dilationWidth must be at least 1, got -1")]
    [InlineData("[Conv2D(4, KernelHeight = 9)]", "KILN008", "9", "Conv2D: the 9×3 kernel is larger than its padded input, 8×8")]
    [InlineData("[Conv2D(4, PaddingWidth = -3)]", "KILN008", "-3", "Conv2D: paddingWidth must be Padding.Same (-1), Padding.Valid (0) or a number of pixels, got -3")]
    [InlineData("[Conv2D(4, PaddingLeft = Padding.Same)]", "KILN008", "Padding.Same", "Conv2D: paddingLeft must be at least 0 on each side, got -1")]
    [InlineData("[Conv2D(4, Kernel = 5), Conv2D(4, Kernel = 3), MaxPool2D(2), Conv2D(6)]", "KILN008", "Conv2D(6)", "Conv2D: the 3×3 kernel is larger than its padded input, 1×1")]
    [InlineData("[MaxPool2D(2, PaddingRight = 2)]", "KILN008", "2", "MaxPool2D: expected a padding smaller than the 2×2 window, got 2: some windows would see nothing else")]
    [InlineData("[MaxPool2D(2, KernelWidth = 0)]", "KILN008", "0", "MaxPool2D: kernelWidth must be at least 1, got 0")]
    [InlineData("[LpPool2D(2, P = 0.5)]", "KILN008", "0.5", "LpPool2D: expected a finite p of at least 1, got 0.5")]
    [InlineData("[MaxPool2D(0)]", "KILN008", "0", "MaxPool2D: expected a kernel of at least 1×1, got 0×0")]
    [InlineData("[MaxPool2D(2, Stride = 0)]", "KILN008", "0", "MaxPool2D: stride must be at least 1, got 0")]
    [InlineData("[AveragePool2D(2, Stride = -3)]", "KILN008", "-3", "AveragePool2D: stride must be at least 1, got -3")]
    [InlineData("[AveragePool2D(9)]", "KILN008", "9", "AveragePool2D: the 9×9 window is larger than its padded input, 8×8")]
    [InlineData("[BatchNorm(Momentum = 2)]", "KILN008", "2", "BatchNorm: expected a momentum from 0 to 1, got 2")]
    [InlineData("[BatchNorm(Epsilon = -1)]", "KILN008", "-1", "BatchNorm: epsilon must be above 0, got -1")]
    [InlineData("[Flatten, LayerNorm(3)]", "KILN008", "3", "LayerNorm: expected 0 to 1 last axes of [64], got 3")]
    [InlineData("[GroupNorm(2)]", "KILN008", "2", "GroupNorm: 2 groups do not divide the channels of [N, 1, 8, 8]")]
    [InlineData("[LocalResponseNorm(K = -1)]", "KILN008", "-1", "LocalResponseNorm: k must be above 0, got -1")]
    [InlineData("[SpatialDropout(-1)]", "KILN008", "-1", "SpatialDropout: expected a rate from 0 to below 1, got -1")]
    [InlineData("[Dropout(1.5)]", "KILN008", "1.5", "Dropout: expected a rate from 0 to below 1, got 1.5")]
    [InlineData("[LeakyRelu(double.NaN)]", "KILN008", "double.NaN", "LeakyRelu: slope must be a finite number, got NaN")]
    [InlineData("[Dense(0)]", "KILN008", "0", "Dense: units must be at least 1, got 0")]
    [InlineData("[Flatten, Dense(3, L2 = -1)]", "KILN008", "-1", "Dense: L2 must be at least 0 and finite, got -1")]
    [InlineData("[Flatten, Dense(3, L1 = double.NaN)]", "KILN008", "double.NaN", "Dense: L1 must be at least 0 and finite, got NaN")]
    [InlineData("[MaxPool2D(2, Padding = 2)]", "KILN008", "2", "MaxPool2D: expected a padding smaller than the 2×2 window, got 2: some windows would see nothing else")]
    [InlineData("[Reshape(8, 9)]", "KILN008", "8, 9", "Reshape: [N, 1, 8, 8] has 64 elements per sample, which [8, 9] does not hold")]
    [InlineData("[Reshape(8, 0)]", "KILN008", "0", "Reshape: expected sizes of at least 1, and at most one -1, got [8, 0]")]
    [InlineData("[Flatten, Dense(int.MaxValue)]", "KILN007", "Dense(int.MaxValue)", "Dense: the weight [64, 2147483647] would have more elements than an int can count")]
    [InlineData("[Flatten, Conv2D(4)]", "KILN007", "Conv2D(4)", "Conv2D: expected an image [channels, height, width], got [N, 64]")]
    public void In_a_stack_the_attribute_or_its_argument_is_underlined(string layers, string id, string underlined, string message) =>
        Reports($"[Network, Input(1, 8, 8)] {layers} [CrossEntropy] public sealed partial class Net;", id, underlined, message);

    [Theory]
    [InlineData("Huber(0)", "0", "Huber: delta must be above 0, got 0")]
    [InlineData("Huber(delta: double.NaN)", "double.NaN", "Huber: delta must be a finite number, got NaN")]
    [InlineData("CrossEntropy(Smoothing = -0.1)", "-0.1", "CrossEntropy: expected a smoothing from 0 to 1, got -0.1")]
    [InlineData("CrossEntropy(Ignored = 4)", "4", "CrossEntropy: expected an ignored label from 0 to 3, or -1 for none, where there are 3 logits, got 4")]
    [InlineData("CrossEntropy(Weights = new[] { 1.0, 2 })", "new[] { 1.0, 2 }", "CrossEntropy: 3 logits and 2 weights")]
    public void In_a_loss_the_argument_is_underlined(string loss, string underlined, string message) =>
        Reports($"[Network, Input(4), Dense(3), {loss}] public sealed partial class Net;", "KILN008", underlined, message);

    [Fact]
    public void Of_weights_of_classes_the_wrong_one_is_underlined() => Reports(
        "[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4)] Tensor x, [Classes(3)] Labels y) => x.Dense(3).CrossEntropy(y, weights: [1, -2, 3]); }",
        "KILN008", "-2", "CrossEntropy: expected finite weights of at least 0, got -2 for class 1");

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 3)]
    public void Labels_have_a_class_more_than_there_are_logits_only_to_ignore_it(int classes, int ignored) => Reports(
        $"[Network] public sealed partial class Net {{ [Learn] static Loss Learn([Shape(4)] Tensor x, [Classes({classes})] Labels y) => x.Dense(3).CrossEntropy(y, ignored: {ignored}); }}",
        "KILN010", "y", $"The labels have {classes} classes, but the logits [N, 3] have 3");

    [Fact]
    public void In_a_layer_of_the_users_the_innermost_expression_is_underlined() => Reports(
        "public sealed class Wide(int units) : Layer { public override Tensor Apply(Tensor x) => x.Dense(units - 3); } [Network, Input(4), Wide(3), CrossEntropy] public sealed partial class Net;",
        "KILN008", "units - 3", "Dense: units must be at least 1, got 0");

    [Fact]
    public void A_loss_is_a_number_per_sample() => Reports(
        "[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4)] Tensor x) => x.Dense(3).Square(); }",
        "KILN009", "x.Dense(3).Square()", "A loss must be one number per sample, but this has the shape [N, 3]: use Sum or Mean");

    [Fact]
    public void A_monitored_value_is_a_number_per_sample() => Reports(
        "[Network] public sealed partial class Net { [Learn] static (Loss Total, Tensor Scores) Learn([Shape(4)] Tensor x) { var y = x.Dense(3); return (y.Square().Sum(), y); } }",
        "KILN009", "Tensor Scores", "A monitored value must be one number per sample, but this has the shape [N, 3]: use Sum or Mean");

    private const string OneClass = ": among one class there is nothing to tell apart, and the loss is always 0. For yes or no there is BinaryCrossEntropyWithLogits";

    [Fact]
    public void One_class_has_nothing_to_learn_in_a_stack() => Reports(
        "[Network, Input(4), Dense(1), CrossEntropy] public sealed partial class Net;",
        "KILN007", "CrossEntropy", "CrossEntropy: expected at least two logits along the last axis, got [N, 1]" + OneClass);

    [Fact]
    public void One_class_has_nothing_to_learn() => Reports(
        "[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4)] Tensor x, [Classes(1)] Labels y) => x.Dense(1).CrossEntropy(y); }",
        "KILN007", "CrossEntropy(y)", "CrossEntropy: expected at least two logits along the last axis, got [N, 1]" + OneClass);

    [Theory]
    [InlineData("Scale = 0", "0", "Scale must be a finite number other than 0, got 0")]
    [InlineData("Scale = double.NaN", "double.NaN", "Scale must be a finite number other than 0, got NaN")]
    [InlineData("Scale = 1.0 / 0.0", "1.0 / 0.0", "Scale must be a finite number other than 0, got Infinity")]
    [InlineData("Mean = double.NegativeInfinity", "double.NegativeInfinity", "Mean must be a finite number, got -Infinity")]
    public void Bytes_are_widened_by_numbers(string argument, string underlined, string message)
    {
        Reports($"[Network] public sealed partial class Net {{ [Predict] static Tensor P([Shape(4), Bytes({argument})] Tensor x) => x; }}", "KILN008", underlined, "Bytes: " + message);
        Reports($"[Network, Input(4, Bytes = true, {argument}), Dense(3), CrossEntropy] public sealed partial class Net;", "KILN008", underlined, "Input: " + message);
    }

    [Fact]
    public void What_is_not_bytes_is_not_widened() => Reports(
        "[Network, Input(4, Scale = 0.5), Dense(3), CrossEntropy] public sealed partial class Net;",
        "KILN008", "Scale = 0.5", "Input: Scale is for bytes: add Bytes = true");

    [Theory]
    [InlineData("Input(1, 28, 28)", "Dense(10)", "Dense(10)", "[N, 1, 28, 28]", "[N, 1, 28, 10]", 28)]
    [InlineData("Input(28, 28, Bytes = true)", "Dense(30), Relu, Dense(10)", "Dense(10)", "[N, 28, 30]", "[N, 28, 10]", 28)]
    [InlineData("Input(2, 9, 9)", "Conv2D(4), Relu, MaxPool2D(2), Dense(5)", "Dense(5)", "[N, 4, 3, 3]", "[N, 4, 3, 5]", 12)]
    public void An_image_that_is_not_flattened(string input, string layers, string underlined, string came, string logits, int count) => Reports(
        $"[Network, {input}, {layers}, CrossEntropy] public sealed partial class Net;",
        "KILN028", underlined, $"Dense replaces only the last axis of {came}: the logits {logits} are {count} classifications per sample. Is a Flatten missing before it?");

    [Fact]
    public void An_image_that_is_not_flattened_in_a_program() => Reports(
        """
        [Network] public sealed partial class Net
        {
            [Predict] static Tensor Logits([Shape(1, 8, 8)] Tensor image) => image.Conv2D(4, kernel: 3).Relu().Dense(10);
            [Learn] static Loss Learn([Shape(1, 8, 8)] Tensor image, [Classes(10)] Labels label) => Logits(image).CrossEntropy(label).Mean();
        }
        """, "KILN028", "Dense(10)", "Dense replaces only the last axis of [N, 4, 6, 6]: the logits [N, 4, 6, 10] are 24 classifications per sample. Is a Flatten missing before it?");

    [Theory]
    [InlineData("[Network, Input(5, 7), Dense(4), CrossEntropy] public sealed partial class Net;")]
    [InlineData("[Network, Input(8, 8, 16), Dense(4), CrossEntropy] public sealed partial class Net;")]
    [InlineData("[Network, Input(1, 8, 8), Dense(4), MeanSquaredError] public sealed partial class Net;")]
    [InlineData("[Network, Input(1, 8, 8), Conv2D(4), Flatten, Dense(4), CrossEntropy] public sealed partial class Net;")]
    [InlineData("[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(4, 8, 8)] Tensor x, [Shape(4, 8), Classes(3)] Labels y) => x.Dense(3).CrossEntropy(y).Mean(); }")]
    [InlineData("[Network] public sealed partial class Net { [Learn] static Loss Learn([Shape(6, 8)] Tensor heads, [Classes(3)] Labels y) => heads.Dense(3).CrossEntropy(y).Mean(); }")]
    public void Several_labels_per_sample_are_no_mistake(string source) =>
        Assert.Empty(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", source))).GetRunResult().Diagnostics);

    [Fact]
    public void Classes_and_logits_differ() => Reports(
        Body("return x.Dense(4);"), "KILN010", "label", "The labels have 3 classes, but the logits [N, 4] have 4");

    [Theory]
    [InlineData(
        "[Network] public sealed partial class Net { [Predict] static Tensor Logits([Shape(1, 28, 28), Shape(1, 40, 40)] Tensor image) => image.Conv2D(8, 3).Flatten().Dense(10); }",
        "Dense(10)", "The parameter 'logits.dense1.weight' has the shape [5408, 10] elsewhere, but would need [11552, 10] here: 'image' is [1, 28, 28] there and [1, 40, 40] here")]
    [InlineData(
        "[Network] public sealed partial class Net { [Shared] static Tensor Head(Tensor x) => x.Flatten().Dense(10); [Predict] static Tensor Small([Shape(1, 6, 6)] Tensor x) => Head(x); [Predict] static Tensor Large([Shape(1, 8, 6)] Tensor x) => Head(x); }",
        "Dense(10)", "The parameter 'head.dense1.weight' has the shape [36, 10] elsewhere, but would need [48, 10] here: 'x' is [1, 6, 6] there and [1, 8, 6] here")]
    [InlineData(
        "[Network, Input(1, 6, 6), Input(1, 8, 6), Conv2D(4), Flatten, Dense(10), CrossEntropy] public sealed partial class Net;",
        "Dense(10)", "The parameter 'dense1.weight' has the shape [64, 10] elsewhere, but would need [96, 10] here: 'input' is [1, 6, 6] there and [1, 8, 6] here")]
    [InlineData(
        "[Network, Input(1, 6, 6), Input(1, 8, 6), LayerNorm, GlobalAveragePool, Dense(10), CrossEntropy] public sealed partial class Net;",
        "LayerNorm", "The parameter 'layerNorm1.weight' has the shape [1, 6, 6] elsewhere, but would need [1, 8, 6] here: 'input' is [1, 6, 6] there and [1, 8, 6] here")]
    public void A_weight_that_depends_on_the_size_of_the_image_is_found_where_it_is_made(string source, string underlined, string message) =>
        Reports(source, "KILN011", underlined, message);

    [Fact]
    public void A_size_that_a_layer_cannot_take_is_named() => Reports(
        "[Network, Input(1, 9, 9), Input(1, 5, 9), Conv2D(4, Kernel = 7), GlobalAveragePool, Dense(3), CrossEntropy] public sealed partial class Net;",
        "KILN008", "7", "Conv2D: the 7×7 kernel is larger than its padded input, 5×9");

    [Fact]
    public void A_shared_layer_keeps_its_shape() => Reports(
        "[Network] public sealed partial class Net { static readonly Dense D = new(3); [Learn] static Loss Learn([Shape(4)] Tensor x, [Shape(5)] Tensor y) => (D.Apply(x) + D.Apply(y)).Sum(); }",
        "KILN011", "Apply(y)", "The parameter 'd.weight' has the shape [4, 3] elsewhere, but would need [5, 3] here");

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
        Assert.DoesNotContain(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", "[Network(Targets = Target.Gpu, Precision = Precision.TensorFloat32), " + rest))).GetRunResult().Diagnostics, d => d.Id == "KILN040");
        Assert.DoesNotContain(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", "[Network(Precision = Precision.Float32), " + rest))).GetRunResult().Diagnostics, d => d.Id == "KILN040");
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
