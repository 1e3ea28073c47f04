using Kiln.Generators.Frontend;

namespace Kiln.Generators.Tests;

/// <summary>Signatures, shapes declared several times, parts and budgets: what a program as a whole cannot be.</summary>
public partial class DiagnosticsTests
{
    private static string Net(string members) => $"[Network] public sealed partial class Net {{ {members} }}";

    [Theory]
    [InlineData("[Predict] static Tensor P([Shape(1, 28, 28), Shape(784)] Tensor x) => x.Flatten().Dense(10);", "Shape(784)", "the shapes of 'x' have 3 and 1 axes; only their sizes may differ")]
    [InlineData("[Predict] static Tensor P([Shape(4), Shape(4)] Tensor x) => x.Dense(3);", "Shape(4)", "'x' declares the shape [4] twice")]
    [InlineData("[Learn] static Loss P([Shape(4)] Tensor x, [Classes(3), Shape(2), Shape(2)] Labels y) => x.Dense(3).Sum();", "Shape(2)", "'y' declares the shape [2] twice")]
    [InlineData("[Learn] static Loss P([Optimized, Bytes, Shape(8)] Tensor x) => x.Sum();", "Optimized", "'x' is both [Bytes] and [Optimized]: an [Optimized] input must be of floats")]
    [InlineData("[Learn] static Loss P([Shape(8)] Tensor x, [Classes(3), Optimized] Labels y) => x.Dense(3).CrossEntropy(y);", "Optimized", "'y' is Labels: [Bytes] and [Optimized] are for a Tensor")]
    [InlineData("[Learn] static Loss P([Optimized, Shape(8)] Sequence x) => x.Sum().SumOverTime();", "Optimized", "'x' is an [Optimized] Sequence, but what a call moves has one size: take [Optimized, Shape(steps, …)] Tensor x, whose AsSequence() is a Sequence")]
    [InlineData("[Learn] static Loss P([Shape(8), Time(\"t\")] Sequence x, [Optimized, Vocabulary(3), Time(\"t\")] TokenSequence y) => x.Dense(3).CrossEntropy(y).SumOverTime();", "Optimized", "'y' is a TokenSequence: [Bytes] and [Optimized] are for a Tensor")]
    [InlineData("[Learn] static Loss P([Shape(8)] Tensor x, [Classes(3), Bytes] Labels y) => x.Dense(3).CrossEntropy(y);", "Bytes", "'y' is Labels: [Bytes] and [Optimized] are for a Tensor")]
    [InlineData("[Predict] static Tensor P([Shape(8), Optimized] Tensor x) => x.Dense(3);", "Optimized", "'x' is [Optimized] in a [Predict] method: only a [Learn] method can change its input")]
    [InlineData("static readonly Dense A = new(1), B = new(1); [Learn] static Loss P([Shape(4), Shape(8)] Tensor x) => (x.Shape[0] > 4 ? A : B).Apply(x).Sum();", "P", "'P' trains different parameters for different declared shapes: write two programs")]
    [InlineData("static readonly Parameter W = new(3); [Learn] static void P([Shape(4), Shape(8)] Tensor x) { if (x.Shape[0] > 4) W.Assign(W * 2); }", "P", "'P' assigns different parameters for different declared shapes: write two programs")]
    [InlineData("static readonly Parameter W = new(3); [Predict] static Tensor P([Shape(4), Shape(8)] Tensor x) => x.Shape[0] > 4 ? W * 2 : x.Dense(3);", "P", "'P' returns a value of each sample for one declared shape, and one for all samples for another: write two programs")]
    public void Unsuited_inputs(string members, string underlined, string message) => Reports(Net(members), "KILN019", underlined, message);

    [Theory]
    [InlineData("[Learn] static void P([Shape(4), Shape(8)] Tensor x) { if (x.Shape[0] > 4) V.Assign(V * 2); W.Assign(W * 2); if (x.Shape[0] <= 4) V.Assign(V * 3); }")]
    [InlineData("[Learn] static Update P([Shape(4), Shape(8)] Tensor x) { var (v, w) = (Update.Of(V, V), Update.Of(W, W)); return x.Shape[0] > 4 ? v + w : w + v; }")]
    public void Parameters_may_be_written_in_another_order_for_another_shape(string program) =>
        Assert.Empty(GeneratorHost.Run(GeneratorHost.Compile(("Network.cs", Net("static readonly Parameter V = new(3), W = new(3); " + program)))).GetRunResult().Diagnostics);

    [Theory]
    [InlineData("[Learn(Hessian = true)] static Residuals P([Shape(4)] Tensor x) => x.Dense(2);", "KILN008", "true", "Learn: Hessian is of a Loss; Residuals have a Jacobian")]
    [InlineData("[Learn(Hessian = true)] static Loss P([Shape(100)] Tensor x) => x.Dense(6).Square().Sum();", "KILN008", "true", "Learn: the Hessian is by 606 weights, and at most 512 are possible: LBfgs and ConjugateGradient need none")]
    [InlineData("[Learn] static Residuals P([Shape(1000)] Tensor x) => x.Dense(5);", "KILN008", "x.Dense(5)", "Residuals: they have derivatives by 5005 weights, and at most 4096 are possible: return a Loss")]
    [InlineData("[Learn] static Residuals P([Shape(2000)] Tensor x) => x * new Parameter(1);", "KILN008", "x * new Parameter(1)", "Residuals: 2000 of a sample have derivatives, and at most 1024 are possible: sum or average some of them, or return a Loss")]
    [InlineData("static readonly Dense D = new(2) { L2 = 0.1 }; [Learn] static Residuals P([Shape(4)] Tensor x) => D.Apply(x);", "KILN008", "D.Apply(x)", "Residuals: 'd.weight' has a penalty, which is no residual: concatenate the weights times a factor to the residuals instead")]
    [InlineData("[Learn] static Residuals P([Shape(1, 5, 5)] Tensor x) => x.Conv2D(2, kernel: 3).Flatten();", "KILN007", "x.Conv2D(2, kernel: 3).Flatten()", "Gradient: a derivative for each sample with respect to a convolution's kernel is not available")]
    public void Derivatives_that_are_not_available(string members, string id, string underlined, string message) => Reports(Net(members), id, underlined, message);

    [Fact]
    public void An_input_that_no_array_could_hold()
    {
        Reports("[Network, Input(65536, 65536), Flatten, Dense(10), CrossEntropy] public sealed partial class Net;", "KILN008", "Input(65536, 65536)", "Input: [65536, 65536] has more elements than an int can count");
        Reports(Net("[Predict] static Tensor P([Shape(65536, 65536)] Tensor x) => x.Sum();"), "KILN008", "Shape(65536, 65536)", "Shape: [65536, 65536] has more elements than an int can count");
        Reports(Body("return x.Dense(3) + new Parameter(65536, 65536).Sum();"), "KILN008", "new Parameter(65536, 65536)", "Parameter: [65536, 65536] has more elements than an int can count");
        Reports(Body("return x.Reshape(8, 1) + Tensor.Zeros(1, int.MaxValue);"), "KILN008", "x.Reshape(8, 1) + Tensor.Zeros(1, int.MaxValue)", "Addition: more elements than an int can count");
    }

    [Theory]
    [InlineData("[Network, Input(1, 20000, 20000), Flatten, Dense(1), MeanSquaredError] public sealed partial class Net;")]
    [InlineData("[Network] public sealed partial class Net { [Predict] static Tensor P([Shape(30000, 30000)] Tensor x) => x.Tanh().Sum() + x.Sum(); }")]
    [InlineData("[Network] public sealed partial class Net { static readonly Parameter V = new(2147483647); [Predict] static Tensor P([Shape(1)] Tensor x) => x + V.Sum(); }")]
    public void Values_that_no_memory_could_hold_together(string source) =>
        Reports(source, "KILN026", "Net", "'Net' cannot be compiled yet: its values or parameters together have more elements than an int can count");

    [Fact]
    public void What_a_call_cannot_carry()
    {
        var frame = File.ReadAllText(Path.Combine(ThisFolder(), "../../../src/Runtime/Kernels/Frame.cs"));
        Assert.Contains($"const int MaxArguments = {InputReader.MaxArguments};", frame);
        var inputs = string.Join(", ", Enumerable.Range(0, 33).Select(i => $"[Shape(2)] Tensor x{i}"));
        Reports(Net($"[Predict] static Tensor P({inputs}) => x0 + x32;"), "KILN019", "[Shape(2)] Tensor x32", "the input 'x32' is one too many: a program has at most 32");
        var types = string.Join(", ", Enumerable.Range(1, 32).Select(i => $"Tensor M{i}"));
        var values = string.Join(", ", Enumerable.Range(1, 32).Select(_ => "y.Sum()"));
        Reports(Net($"[Learn] static (Loss Total, {types}) P([Shape(2)] Tensor x) {{ var y = x.Dense(3); return (y.Sum(), {values}); }}"), "KILN019", "Tensor M32", "'P' returns more than 32 values");
    }

    [Theory]
    [InlineData("static readonly Parameter W = new(3); [Learn(\"Nonsense\")] static Update P([Shape(3)] Tensor x) => Update.Of(W, x);", "KILN021", "\"Nonsense\"", "'Net' has no part 'Nonsense'. A part is a static readonly field with layers or parameters, a [Shared] method or a [Predict] method")]
    [InlineData("static readonly Parameter W = new(3), V = new(3); [Learn(nameof(V))] static Update P([Shape(3)] Tensor x) => Update.Of(W, x);", "KILN022", "nameof(V)", "'P' uses no trainable parameter of 'V'")]
    [InlineData("static readonly Parameter W = new(3), V = new(3); [Learn(nameof(V))] static void P() { W.Assign(W * 2); }", "KILN022", "nameof(V)", "'P' uses no trainable parameter of 'V'")]
    [InlineData("static readonly Parameter W = new(3); [Learn((string)null!)] static void P() { W.Assign(W * 2); }", "KILN021", "(string)null!", "'Net' has no part 'null'. A part is a static readonly field with layers or parameters, a [Shared] method or a [Predict] method")]
    public void Parts_of_programs_that_say_what_they_write(string members, string id, string underlined, string message) => Reports(Net(members), id, underlined, message);

    [Theory]
    [InlineData("Step()")]
    [InlineData("Sign()")]
    public void A_loss_whose_every_path_is_piecewise_constant(string word) => Reports(
        Net($"[Learn] static Loss Fit([Shape(3)] Tensor x) => x.Dense(1).{word}.Sum();"), "KILN023", "Fit", "The loss of 'Fit' depends on no trainable parameter");

    [Fact]
    public void An_update_of_what_is_not_trainable() => Reports(
        Net("static readonly Parameter W = new(3) { Trainable = false }; [Learn] static Update P([Shape(3)] Tensor x) => Update.Of(W, x);"),
        "KILN008", "Of(W, x)", "Update.Of: the parameter 'w' is not trainable: use Assign instead");

    [Fact]
    public void A_prediction_is_not_called_untrained_where_the_program_that_trains_it_is_wrong() => Reports(
        Net("""
            static readonly Dense A = new(3), B = new(3);
            [Predict] static Tensor P([Shape(3)] Tensor x) => A.Apply(x);
            [Learn] static Loss Wrong([Shape(3)] Tensor x) => P(x).Dropout(2).Sum();
            [Learn] static Loss Right([Shape(3)] Tensor x) => B.Apply(x).Sum();
            """), "KILN008", "2", "Dropout: expected a rate from 0 to below 1, got 2");

    [Theory]
    [InlineData("return x.Dense(Enumerable.Range(0, int.MaxValue).ToArray().Length);", "Enumerable.Range(0, int.MaxValue)")]
    [InlineData("return x.Dense(Enumerable.Repeat(1, int.MaxValue).Count());", "Enumerable.Repeat(1, int.MaxValue).Count()")]
    [InlineData("var l = new List<int> { 1 }; for (var i = 0; i < 40; i++) l.AddRange(l); return x.Dense(3);", "for (var i = 0; i < 40; i++) l.AddRange(l);")]
    [InlineData("int[] a = [1]; for (var i = 0; i < 40; i++) a = [.. a, .. a]; return x.Dense(3);", "for (var i = 0; i < 40; i++) a = [.. a, .. a];")]
    [InlineData("for (var i = 0; i < 99999; i++) _ = new int[99999]; return x.Dense(3);", "for (var i = 0; i < 99999; i++) _ = new int[99999];")]
    [InlineData("var l = new List<int>(new int[99999]); for (var i = 0; i < 99999; i++) l.Contains(1); return x.Dense(3);", "for (var i = 0; i < 99999; i++) l.Contains(1);")]
    [InlineData("var a = new int[99999]; for (var i = 0; i < 99999; i++) _ = a[1..]; return x.Dense(3);", "for (var i = 0; i < 99999; i++) _ = a[1..];")]
    public void Endless_in_the_library(string body, string underlined) => Reports(
        "using System.Linq; using System.Collections.Generic;" + Body(body), "KILN003", underlined, $"The evaluation was stopped at '{underlined}': it took more than 2000000 steps; is there an endless loop?");

    [Theory]
    [InlineData("var s = \"a\"; for (var i = 0; i < 40; i++) s += s; return x.Dense(s.Length);", "s += s", "'s += s' cannot be evaluated at build time: a text of 2097152 characters")]
    [InlineData("return x.Dense(new int[50000000].Length);", "new int[50000000]", "'new int[50000000]' cannot be evaluated at build time: an array of 50000000 elements")]
    [InlineData("var s = \"a\"; for (var i = 0; i < 40; i++) s = string.Concat(s, s); return x.Dense(3);", "string.Concat(s, s)", "'string.Concat(s, s)' cannot be evaluated at build time: a text of 2097152 characters")]
    [InlineData("var s = \"a\"; for (var i = 0; i < 40; i++) s = s.Replace(\"a\", s + s); return x.Dense(3);", "s.Replace(\"a\", s + s)", "'s.Replace(\"a\", s + s)' cannot be evaluated at build time: a text of 2147483648 characters")]
    [InlineData("return x.Dense($\"{3:D999999999}\".Length);", "{3:D999999999}", "'{3:D999999999}' cannot be evaluated at build time: the format D999999999 asks for too many digits")]
    [InlineData("return x.Dense($\"{3,-2147483647}\".Length);", "{3,-2147483647}", "'{3,-2147483647}' cannot be evaluated at build time: a text of 2147483647 characters")]
    [InlineData("return x.Dense($\"{3:Q}\".Length);", "{3:Q}", "'{3:Q}' cannot be evaluated at build time: the format Q does not fit its type")]
    [InlineData("return x.Dense(\"abc\".Chunk(0).Count());", "\"abc\".Chunk(0)", "'\"abc\".Chunk(0)' cannot be evaluated at build time: chunks of 0 elements")]
    public void Too_long(string body, string underlined, string message) => Reports(Body(body), "KILN001", underlined, message);

    [Fact]
    public void A_derivative_with_too_many_rows() => Reports(
        Net("[Predict] static Tensor P([Shape(1, 40, 40)] Tensor x) => x.Conv2D(2, 3).Gradient(x).Sum();"),
        "KILN007", "Gradient(x)", "Gradient: the derivative of [N, 2, 38, 38] has a row for each of its 2888 elements; at most 1024 are possible");

    [Fact]
    public void A_derivative_for_each_sample_through_a_mean_over_the_batch() => Reports(
        Net("static readonly Parameter W = new(4, 3); [Learn] static Loss P([Shape(4)] Tensor x) { var y = x.MatMul(W); return (y - y.BatchMean()).Square().Sum().Gradient(W).Sum(); }"),
        "KILN008", "W", "Gradient: a derivative for each sample is not available through a mean over the batch; average the value itself over the batch, and take the derivative of that");
}
