using System.Text.RegularExpressions;
using Kiln.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Networks.Tests;

/// <summary>
/// Users choose names freely: keywords, names of what is generated, letters of any language. Either the generated half compiles,
/// without a warning in it, or one diagnostic stands at the name that cannot be had.
/// </summary>
public class NamesTests
{
    private const string Predict = "[Predict] static Tensor Run([Shape(4)] Tensor x) => x.Dense(3);";
    private const string Learn = "[Learn] static Loss Judge([Shape(4)] Tensor x, [Classes(3)] Labels label) => Run(x).CrossEntropy(label);";
    private const string Stack = "[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class";

    private static readonly CSharpParseOptions Options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp12).WithDocumentationMode(DocumentationMode.Diagnose);

    private static readonly CSharpCompilation Empty = CSharpCompilation.Create("Names",
        [CSharpSyntaxTree.ParseText("global using Kiln; global using Tensor = Kiln.Tensor;", Options)],
        References.OfUsers,
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true, warningLevel: 9999));

    /// <summary>Programs around a body.</summary>
    private static string Net(string body, string name = "Net") => $"[Network] public sealed partial class {name} {{ {body} }}";

    public static TheoryData<string> Compiling => new()
    {
        // Keywords.
        Net("[Predict] static Tensor @class([Shape(4)] Tensor @in) => @in.Dense(2); [Learn] static Loss @void([Shape(4)] Tensor @in) => @class(@in).Square().Sum();", "@event"),
        Net("[Predict] static (Tensor @out, Tensor @base) @this([Shape(4)] Tensor @ref) => (@ref.Dense(2), @ref); [Learn] static (Loss @is, Tensor @as) @new([Shape(4)] Tensor @ref) => (@this(@ref).@out.Square().Sum(), @ref.Sum());"),
        $"namespace @namespace.@int {{ public partial class @struct {{ {Stack} @event; }} }}",
        Net(Predict + Learn, "\\u004eet"),
        Net("[Predict] static Tensor \\u0050([Shape(4)] Tensor \\u0078) => \\u0078.Tanh();"),

        // The kernels' own names.
        Net("[Predict] static Tensor Hot([Shape(4)] Tensor x) => x.Dense(2).Tanh(); [Predict] static Tensor WriteConstants([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor Add([Shape(4)] Tensor x) => x + x.Tanh();"),
        Net("[Predict] static Tensor P([Shape(4)] [Shape(6)] Tensor x) => x.Tanh(); [Predict] static Tensor P2([Shape(4)] Tensor x) => x.Sigmoid();"),
        Net("[Predict] static Tensor P2([Shape(4)] Tensor x) => x.Sigmoid(); [Learn] static Loss P([Shape(4)] [Shape(6)] Tensor x) => (x * W).Square().Sum(); [Learn] static Loss P3([Shape(4)] Tensor x) => (x * W).Sum(); static readonly Parameter W = new();"),
        Net("[Predict] static Tensor JudgeLoss([Shape(4)] Tensor x) => x.Dense(3); [Predict] static Tensor JudgeCommit([Shape(4)] Tensor x) => x.Tanh(); [Learn] static Loss Judge([Shape(4)] Tensor x) => JudgeLoss(x).Square().Sum();"),
        Net("[Predict] static Tensor Shape1([Shape(1, 8, 8)] Tensor x) => x.Conv2D(2, kernel: 3); [Predict] static Tensor KilnHot([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor NetKernels([Shape(4)] Tensor x) => x.Tanh();"),
        Net("static readonly Parameter V = new(3), Math = new(3), Layouts = new(3), Stage = new(3), V32 = new(3), Processor = new(3); [Predict] static Tensor Run([Shape(3)] Tensor x) => (x * V + Math) * Layouts + Stage * V32 + Processor; [Learn] static Loss Judge([Shape(3)] Tensor x) => Run(x).Square().Sum();"),

        // A word of the stages'.
        Net("static readonly Parameter Backward = new(8, 3); [Predict] static Tensor P([Shape(16)] Tensor backward) => backward.Dense(8).MatMul(Backward);"),

        // Overloads of one's own.
        Net(Predict + Learn + "public int this[int i] => i; public float[] Run(float[] x) { var y = new float[3]; Run(x, y); return y; } public int Run(System.ReadOnlySpan<float> x) => 0; public void Run(System.ReadOnlySpan<byte> x, System.Span<float> output) { }"),

        // Letters of any language.
        Net("static readonly Parameter größe = new(4), λ = new(); [Predict] static Tensor Näherung([Shape(4)] Tensor x) => x * größe + λ;"),
        Net("static readonly Parameter 权重 = new(4, 3), 偏置 = new(3); [Predict] static Tensor 预测([Shape(4)] Tensor 输入) => 输入.MatMul(权重) + 偏置; [Learn] static (Loss 损失, Tensor 监视) 学习([Shape(4)] Tensor 输入) => (预测(输入).Square().Sum() + 偏置.Square().Sum(), 输入.Sum());", "网络"),

        // Inputs, outputs and what is watched.
        Net("[Predict] static (Tensor rows, Tensor batch) Run([Shape(4)] Tensor frame, [Shape(2)] Tensor workers, [Shape(2)] Tensor output) => (frame.Dense(2) + workers, output * 2); [Learn] static Loss Go([Shape(4)] Tensor loss, [Shape(2)] Tensor rows, [Shape(2)] Tensor training) => Run(loss, rows, training).rows.Square().Sum();"),
        Net("[Predict] static (Tensor x, Tensor X) Run([Shape(4)] Tensor x, [Shape(4)] Tensor xPointer, [Shape(4)] Tensor X, [Shape(4)] Tensor xBatch) => (x.Dense(3) + X.Dense(3), xPointer + xBatch); [Learn] static Loss Go([Shape(4)] Tensor x, [Shape(4)] Tensor xPointer, [Shape(4)] Tensor xBatch) => Run(x, xPointer, x, xBatch).x.Square().Sum();"),
        Net("[Predict] static Tensor Run([Shape(4)] Tensor _, [Shape(4)] Tensor _session, [Shape(4)] Tensor _kilnSession, [Shape(4)] Tensor Run) => (_ + _session + _kilnSession + Run).Dense(3); [Learn] static Loss Go([Shape(4)] Tensor Go, [Shape(4)] Tensor RunGo, [Shape(4)] Tensor ApplyGo, [Shape(4)] Tensor _session) => Net.Run(Go, RunGo, ApplyGo, _session).Square().Sum();"),
        Net("[Learn] static Loss Go([Shape(4)] Tensor epochs, [Shape(4)] Tensor epochsData, [Shape(4)] Tensor samples, [Shape(4)] Tensor progress, [Shape(4)] Tensor cancellation) => (epochs + epochsData + samples + progress + cancellation).Dense(1).Sum();"),
        Net("[Learn] static Loss Go([Shape(1, 4, 4)] Tensor data, [Classes(3)] Labels pixels) => data.Flatten().Dense(3).CrossEntropy(pixels);"),
        Net("[Learn] static (Loss item2, Tensor rest, Tensor equals, Tensor toString, Tensor item1, Tensor deconstruct, Tensor a_b, Tensor aB) Go([Shape(4)] Tensor x) => (x.Dense(1).Sum(), x.Sum(), x.Sum(), x.Sum(), x.Sum(), x.Sum(), x.Sum(), x.Sum());"),
        Net("static readonly Parameter w = new(4); [Learn] static (Update, Tensor, Tensor) Go([Shape(4)] Tensor x) => (Update.Of(w, -x), x.Sum(), x.Mean());"),
        Net("[Predict] static (Tensor, Tensor) Run([Shape(4)] Tensor item1) => (item1, item1.Dense(2)); [Learn] static (Loss, Tensor, Tensor) Go([Shape(4)] Tensor x) => (x.Dense(1).Sum(), x.Sum(), x.Sum());"),
        Net("[Predict] static Tensor Sized([Shape(1, 2, 2)] [Shape(1, 4, 4)] Tensor image, [Shape(3)] Tensor imageHeight, [Shape(3)] Tensor variant, [Shape(3)] Tensor imageLength) => image.Mean() * imageHeight + variant + imageLength;"),

        // Programs.
        Net("[Predict] static Tensor Equals([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor GetType([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor Finalize([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor MemberwiseClone([Shape(4)] Tensor x) => x.Tanh();"),
        Net("[Predict] static Tensor _session([Shape(4)] Tensor x) => x.Dense(3); [Learn] static Loss _network([Shape(4)] Tensor x, [Classes(3)] Labels label) => _session(x).CrossEntropy(label); [Learn] static Loss _evaluation([Shape(4)] Tensor x) => _session(x).Sum();"),
        Net("[Predict] static Tensor outputs([Shape(4)] Tensor x) => x.Dense(3); [Learn] static Loss Evaluation([Shape(4)] Tensor x, [Classes(3)] Labels label) => outputs(x).CrossEntropy(label);"),
        Net("[Predict] static Tensor Step([Shape(4)] Tensor x) => x.Dense(3); [Predict] static Tensor LearningRate([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor Fit([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor Gradients([Shape(4)] Tensor x) => x.Tanh(); [Predict] static Tensor Batch([Shape(4)] Tensor x) => x.Tanh(); [Learn] static Loss Judge([Shape(4)] Tensor x) => Step(x).Sum();"),
        Net("static readonly Parameter w = new(4); [Learn] static Loss Judge_a([Shape(4)] Tensor x) => (x * w).Sum(); [Learn] static Loss JudgeA([Shape(4)] Tensor x) => (x * w).Sum(); [Learn] static Loss Judge([Shape(4)] Tensor x) => (x + w).Sum(); [Learn] static Loss RunJudge([Shape(4)] Tensor x) => x.Dense(1).Sum(); [Learn] static Loss Batches([Shape(4)] Tensor x) => x.Dense(1).Sum();"),
        Net("[Learn] static Loss Optimizer([Shape(4)] Tensor x) => x.Dense(1).Sum(); [Learn] static Loss Seed([Shape(4)] Tensor x) => x.Dense(1).Sum(); [Learn] static Loss Network([Shape(4)] Tensor x) => x.Dense(1).Sum(); [Learn] static Loss Threads([Shape(4)] Tensor x) => x.Dense(1).Sum();"),
        Net(Predict + Learn + "static string nameof(Tensor x) => \"\";"),
        $"partial class Outer {{ static string nameof(Tensor x) => \"\"; {Net(Predict + Learn)} }}",
        Net(Predict + Learn + "public double Accuracy { get; set; }"),
        Net(Predict + Learn, "Accuracy"),
        Net(Predict + Learn + " public double Accuracy(System.ReadOnlySpan<float> inputs, System.ReadOnlySpan<int> labels) => 0;"),

        // Parameters and parts.
        Net("[Predict] static Tensor P([Shape(4)] Tensor x) => x.Dense(2, name: \"class\").Dense(2, name: \"my layer!\").Dense(2, name: \"Parameters\"); [Learn] static Loss L([Shape(4)] Tensor x) => P(x).Square().Sum();"),
        Net("[Predict] static Tensor P([Shape(4)] Tensor x) => x.Dense(2, name: \"a\\nint b;\").Dense(2, name: \"c\\u2028int d;\").Dense(2, name: \"e\\u0085int f; */ \\\" <g>\").Dense(2, name: \"a\\u200db\").Dense(2, name: \"ab\").Dense(2, name: \"\\u0001\"); [Learn] static Loss L([Shape(4)] Tensor x) => P(x).Square().Sum();"),
        Net("static readonly Dense parameter = new(4), Other = new(4) { Name = \"views\" }, Views = new(4) { Name = \"parameterViews\" }, _block = new(4), Equals = new(4), Item = new(4) { Name = \"item\" }; [Predict] static Tensor P([Shape(4)] Tensor x) => Item.Apply(Equals.Apply(_block.Apply(Views.Apply(Other.Apply(parameter.Apply(x))))));").Replace("Item", "item"),
        Net("static readonly Parameter toString = new(4), getType = new(4), finalize = new(4), weights = new(4), weightsViews = new(4); static readonly Dense Weights = new(4) { Name = \"weights\" }; [Predict] static Tensor P([Shape(4)] Tensor x) => (x + toString + getType + finalize) * weightsViews + weights;"),
        Net("static readonly Parameter loss = new(4), Loss2 = new(4); [Learn(nameof(loss))] static (Loss Loss, Tensor loss) Learn([Shape(4)] Tensor loss) => ((loss * Net.loss * Loss2).Sum(), loss.Sum());"),

        // Types and namespaces beside the network.
        $"class NetKernels; class NetLayout; class KilnKernels; class KilnLayout; class Kiln; class Math; class Frame; class Workers; class Span; class V512; class MethodImpl; {Stack} Net;".Replace("class Kiln;", ""),
        $"namespace N {{ class NetKernels; class NetLayout; class KilnKernels; class KilnKernels2; class Kiln; class System; class Math; class Frame; class Workers; class ReadOnlySpan; class V512; class MethodImpl; class IVector; {Stack} Net; }}",
        $"namespace N.Kiln.System.Training {{ {Stack} Net; }} namespace N.System {{ class Math; }} namespace N.KilnKernels {{ class Stage; class Layouts; }}",
        $"namespace N.KilnKernels {{ {Stack} Net; class NetKernels; class Frame; }} namespace N {{ {Stack} Net; }}",
        $"namespace Net {{ {Stack} Net; }} namespace System {{ class Frame; class Workers; class Stage; }} namespace Kiln.Kernels {{ class Math; class Span; }}",
        $"namespace Kiln {{ {Stack} Net; }} namespace Kiln.Kernels {{ {Stack} Other; }} namespace Kiln.Training {{ {Stack} Net; }}",
        Net("class Kiln; class System; class Math; class Global; class KilnKernels; class NetKernels; class Frame; class Optimizer; class Evaluation; interface Session;" + Predict + Learn),
        $"partial class Training {{ class Kiln; class System; class KilnKernels; partial class Workspace {{ {Stack} Net; }} }}",

        // Two of a name.
        $"namespace A {{ {Stack} Net; }} namespace B {{ {Stack} Net; }} {Stack} Net; {Stack} NET; namespace a {{ {Stack} net2; }} namespace A {{ {Stack} Net2; }}",
        $"partial class A {{ {Stack} BC; }} partial class AB {{ {Stack} C; }} partial class ABC {{ }} {Stack} ABCs; partial class A {{ public partial class D {{ {Stack} E; }} }}",
        $"partial class A {{ {Stack} B_C; }} partial class A_B {{ {Stack} C; }} partial class QKernels {{ {Stack} Net; }} {Stack} Q;",
        $"[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Outer {{ {Stack} Inner; }}",

        // What may stand around it.
        $"partial struct A {{ partial interface B {{ partial record C(int X) {{ partial record struct D(int X) {{ readonly partial struct E {{ static partial class F {{ {Stack} Net; }} }} }} }} }} }}",
        $"public ref partial struct A {{ {Stack} Net; }} internal partial class B {{ private protected partial class C {{ {Stack} Net; }} private partial class D {{ {Stack} Net; }} protected internal partial class E {{ {Stack} Net; }} }}",
        "partial class A { [Network, Input(4), Dense(3), CrossEntropy] private sealed partial class Net; [Network, Input(4), Dense(3), CrossEntropy] protected partial class Open; [Network, Input(4), Dense(3), CrossEntropy] private protected partial class Half; }",
        Net(Predict + "public Net(ulong seed, int batch, int threads) : this() { }"),
        Net(Predict + "public Net(int seed, bool draw, int batch, int threads) : this(seed) { }"),
        Net("public Net(string name) : this(seed: (ulong)name.Length) { } [Predict] static Tensor P([Shape(4)] Tensor x) => x.Tanh();"),
        "public class Base : System.IDisposable { protected object Parameters = 1, _kilnCore = 1; public class Workspace; public class Training; protected static int Train() => 0; public virtual void Dispose() { } public string this[string s] => s; public static string Summary => \"\"; } [Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Net : Base;",
        Net("[System.Obsolete] [Predict] static Tensor Old([Shape(4)] Tensor x) => x.Dense(3); [Learn] static Loss Judge([Shape(4)] Tensor x) => x.Dense(3).Sum();"),
        $"[System.Obsolete] {Stack} Net;".Replace("] [Network", ", Network"),
    };

    [Theory]
    [MemberData(nameof(Compiling))]
    public void The_generated_half_compiles(string source)
    {
        var (reported, output) = Generate(source);
        Assert.DoesNotContain(reported, d => d.Severity == DiagnosticSeverity.Error);
        AssertClean(output);
    }

    /// <summary>The name that cannot be had stands between [| and |].</summary>
    public static TheoryData<string, string> Refused => new()
    {
        // A class cannot have a member of its own name.
        { "KILN016", $"{Stack} [|Training|];" },
        { "KILN016", $"{Stack} [|Workspace|];" },
        { "KILN016", $"{Stack} [|Summary|];" },
        { "KILN016", $"{Stack} [|Predict|];" },
        { "KILN016", $"{Stack} [|Item|];" },
        { "KILN016", $"{Stack} [|_kilnCore|];" },
        { "KILN016", Net(Predict, "[|ParameterViews|]") },

        { "KILN016", Net(Predict + "static int [|KilnLayout|] = 1;") },
        { "KILN016", Net(Predict + "int [|_kilnWorkspace|] = 1;") },
        { "KILN016", Net(Predict + "public int [|Item|] = 1;") },
        { "KILN016", Net(Predict + "public int [|this|][string name] => 1;") },
        { "KILN016", Net(Predict + "[System.Runtime.CompilerServices.IndexerName(\"At\")] public int [|this|][int place] => 1;") },
        { "KILN016", Net(Predict + "static string [|get_Summary|]() => \"\";") },
        { "KILN016", Net("[Predict] static Tensor [|Item|]([Shape(4)] Tensor x) => x.Tanh();") },
        { "KILN016", Net(Predict + Learn + "[Learn] static Loss [|JudgeLoss|]([Shape(4)] Tensor x) => Run(x).Sum();") },
        { "KILN016", Net(Predict + "[Learn] static Loss [|get_Step|]() => Tensor.Zeros(4).Dense(1).Sum();") },
        { "KILN016", Net("[Learn] static Loss ApplyX() => Tensor.Zeros(4).Dense(1).Sum(); [Learn] static Loss [|XLoss|]() => Tensor.Zeros(4).Dense(1).Sum();") },

        // Methods and constructors with the parameters of generated ones.
        { "KILN016", Net(Predict + "public void [|Run|](System.ReadOnlySpan<float> x, System.Span<float> output) { }") },
        { "KILN016", Net("[Predict] static Labels Run([Shape(4)] [Shape(6)] Tensor x) => x.ArgMax(); static int [|Run|](System.ReadOnlySpan<float> x, int length, System.Span<int> output) => 0;") },
        { "KILN013", Net(Predict + "public [|Net|](ulong seed, bool draw, int batch, int threads) : this(seed) { }") },
        { "KILN013", Net(Predict + "public [|Net|](Seed seed, int batch, int threads) : this() { }") },

        { "KILN013", $"class Base(int x) {{ int X => x; }} {Stack} [|Net|] : Base;" },
        { "KILN013", Net(Predict + "public required int [|Size|] { get; set; }") },
        { "KILN013", $"class Base {{ public required int [|Size|]; }} {Stack} Net : Base;" },

        // Names of parameters begin alike.
        { "KILN017", Net("static readonly Parameter w = new(4); [Learn] static Loss judge([Shape(4)] Tensor x) => (x * w).Sum(); [Learn] static Loss [|Judge|]([Shape(4)] Tensor x) => (x + w).Sum();") },

        { "KILN013", $"class [|var|]; {Stack} Net;" },
        { "KILN013", $"namespace A {{ struct [|nint|]; namespace B {{ {Stack} Net; }} }}" },
        { "KILN013", $"file partial class Outer {{ {Stack} [|Net|]; }}" },
        { "KILN013", $"partial class Outer<T> {{ {Stack} [|Net|]; }}" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_name_that_cannot_be_had_is_told(string id, string source)
    {
        int start = source.IndexOf("[|", StringComparison.Ordinal), end = source.IndexOf("|]", StringComparison.Ordinal) - 2;
        var (reported, output) = Generate(source.Replace("[|", "").Replace("|]", ""));
        var finding = Assert.Single(reported, d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal((id, TextSpan.FromBounds(start, end)), (finding.Id, finding.Location.SourceSpan));
        Assert.DoesNotContain(output.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error && IsGenerated(d));
    }

    [Fact]
    public void Two_attributes_on_one_class_are_the_compilers_affair() =>
        Assert.Empty(Generate("[Network, Input(4), Dense(3), CrossEntropy] public sealed partial class Net; [Network] partial class Net;").Reported);

    /// <summary>A network that has all kinds of methods generated, with names of its own that nothing else has.</summary>
    private const string Everything = """
        [Network] public sealed partial class Zz1
        {
            static readonly Parameter zza = new(8), zzb = new(8);
            [Predict] static Tensor Zz2([Shape(1, 8, 8)] Tensor zz3) => zz3.Conv2D(2, kernel: 3).Relu().MaxPool2D(2).Flatten().Dense(8).Softmax();
            [Predict] static (Tensor zz4, Labels zz5) Zz3([Shape(4)] [Shape(6)] Tensor zz6) => (zz6.Sum() * zza, (zz6 * 2).ArgMax());
            [Predict] static Tensor Zz4() => Tensor.Normal(8);
            [Predict] static Tensor Zz7([Shape(8)] Tensor zz12) => zz12.Dense(3);
            [Learn] static (Loss zz7, Tensor zz8) Zz5([Shape(1, 8, 8), Bytes] Tensor zz9, [Classes(8)] Labels zz10) => (Zz2(zz9).CrossEntropy(zz10), zz9.Sum());
            [Learn] static Loss Zz6([Shape(8), Optimized] Tensor zz11) { zzb.Assign(zz11.BatchMean()); return (zz11 * zza).Square().Sum(); }
        }
        """;

    // All words of the code that is generated for it that are looked up where they stand, and those among them that name types, namespaces or members.
    private static readonly Lazy<(string[] All, string[] Declared)> Words = new(() =>
    {
        var (errors, output) = Generate(Everything);
        Assert.DoesNotContain(errors, d => d.Severity == DiagnosticSeverity.Error);
        var identifiers = output.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)).SelectMany(t => t.GetRoot().DescendantTokens())
            .Where(t => t.IsKind(SyntaxKind.IdentifierToken) && !(t.Parent!.Parent is MemberAccessExpressionSyntax access && access.Name == t.Parent) && !(t.Parent.Parent is QualifiedNameSyntax qualified && qualified.Right == t.Parent)).ToArray();
        string[] Distinct(IEnumerable<SyntaxToken> tokens) => [.. tokens.Select(t => t.ValueText).Where(w => !w.StartsWith("zz", StringComparison.OrdinalIgnoreCase) && !Regex.IsMatch(Everything, $@"\b{w}\b")).Distinct().Order(StringComparer.Ordinal)];
        return (Distinct(identifiers), Distinct(identifiers.Where(t => char.IsUpper(t.ValueText[0]) || t.ValueText is "var" or "nint" || t.Parent is MemberDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax })));
    });

    private static string Each(IEnumerable<string> words, string text) => string.Concat(words.Select((w, i) => text.Replace("{0}", w).Replace("{1}", $"{i}") + "\n"));

    /// <summary>Every word of generated code, where users may have it: what is refused is told at the word, and all else compiles together.</summary>
    private static void AssertFree(string[] words, Func<string[], string> source, params string[] refused)
    {
        Assert.True(words.Length > 50, $"{words.Length}");
        refused = [.. refused.Intersect(words)];
        var text = source(words);
        var found = Generate(text).Reported.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => (d.Id, Name: text.Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length).TrimStart('@'))).ToArray();
        Assert.All(found, f => Assert.Contains(f.Name, words));
        Assert.Equal(refused.Order(), found.Select(f => f.Name).Distinct().Order());
        Assert.All(found, f => Assert.True(f.Id is "KILN016" or "KILN013"));
        var (reported, output) = Generate(source([.. words.Except(refused)]));
        Assert.DoesNotContain(reported, d => d.Severity == DiagnosticSeverity.Error);
        AssertClean(output);
    }

    private static readonly string[] OfClass =
    [
        "AllParameters", "CreateWorkspace", "Dispose", "KilnEvaluation", "KilnLayout", "KilnMethods", "Load", "LoadMatching", "LoadWeights", "ParameterViews", "Parameters", "Save", "Summary",
        "Train", "Training", "Workspace", "_kilnCore", "_kilnEvaluation", "_kilnNetwork", "_kilnSession", "_kilnWorkspace",
    ];

    private static readonly string[] OfLanguage = ["var", "nint"];

    // Parameters are named after programs, their first letter in lower case: names do not differ by that alone.
    private static string[] Unlike => [.. Words.Value.All.DistinctBy(w => w.TrimStart('_'), StringComparer.OrdinalIgnoreCase)];

    [Fact]
    public void Any_word_may_be_an_input_an_output_or_a_monitor() => AssertFree(Words.Value.All, words => Net("static readonly Parameter zz = new(); " + Each(words,
        "[Predict] static (Tensor @{0}, Tensor zz) Zz{1}([Shape(4)] Tensor @{0}, [Shape(4)] Tensor zz) => (@{0} + 1, zz); [Learn] static (Loss zz, Tensor @{0}) Zz{1}_([Shape(4)] Tensor @{0}) => ((@{0} * zz).Sum(), @{0}.Sum());"), "Zz"));

    [Fact]
    public void Any_word_may_be_a_parameter() => AssertFree(Unlike, words => Net(
        Each(words, "static readonly Parameter @{0} = new(4);") + "[Predict] static Tensor Zz2([Shape(4)] Tensor zz) { " + Each(words, "zz = (zz + @{0}).Tanh();") + "return zz; } [Learn] static Loss Zz3([Shape(4)] Tensor zz) => Zz2(zz).Sum();", "Zz"), OfClass);

    [Fact]
    public void Any_word_may_be_a_prediction() => AssertFree(Unlike, words => Net(Each(words, "[Predict] static Tensor @{0}([Shape(4)] Tensor zz) => zz.Tanh();"), "Zz"), OfClass);

    [Fact]
    public void Any_word_may_be_a_program_that_learns() => AssertFree(Unlike, words => Net("static readonly Parameter zz = new(4); " + Each(words, "[Learn] static Loss @{0}([Shape(4)] Tensor zz2) => (zz * zz2).Sum();"), "Zz"),
        [.. OfClass, "Epoch", "Gradients", "Step", "Batch", "LearningRate", "KilnSession", "SwapAverages"]);

    [Fact]
    public void Any_word_may_be_a_network() => AssertFree(Words.Value.Declared, words => Each(words, "namespace Names{1} { [Network, Input(4), Tanh] sealed partial class @{0}; }"), [.. OfClass, .. OfLanguage]);

    [Fact]
    public void Any_word_may_be_a_type_beside() => AssertFree(Words.Value.Declared, words => "namespace Zz { " + Each(words, "class @{0};") + Everything + "}", OfLanguage);

    [Fact]
    public void Any_word_may_be_a_type_within() => AssertFree([.. Words.Value.Declared.Except(OfLanguage)], words => Everything.Replace("zzb = new(8);", "zzb = new(8);" + Each(words, "class @{0};")), OfClass);

    [Fact]
    public void Any_word_may_be_around() => AssertFree([.. Words.Value.Declared.Except(OfLanguage)], words => "namespace Zz." + string.Join(".", words.Select(w => "@" + w)) + " { " + Each(words.Take(60), "partial class @{0} {") + Everything + Each(words.Take(60), "}") + "}");

    private static (IEnumerable<Diagnostic> Reported, Compilation Output) Generate(string source)
    {
        var driver = CSharpGeneratorDriver.Create([new NetworkGenerator().AsSourceGenerator()], parseOptions: Options)
            .RunGeneratorsAndUpdateCompilation(Empty.AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, Options, "Source.cs")), out var output, out var reported);
        Assert.Null(driver.GetRunResult().Results.Single().Exception);
        return (reported, output);
    }

    private static bool IsGenerated(Diagnostic d) => d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true;

    private static void AssertClean(Compilation output)
    {
        var problems = output.GetDiagnostics()
        .Where(d => d.Severity == DiagnosticSeverity.Error || (d.Severity == DiagnosticSeverity.Warning && IsGenerated(d)))
        .Select(d => $"{d.Location.GetLineSpan()} {d.Id} {d.GetMessage()}: {d.Location.SourceTree?.GetText().Lines.GetLineFromPosition(d.Location.SourceSpan.Start)}");
        Assert.True(!problems.Any(), string.Join("\n", problems));
    }
}
