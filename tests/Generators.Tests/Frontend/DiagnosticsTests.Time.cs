using Kiln.Generators.Frontend;

namespace Kiln.Generators.Tests;

/// <summary>What is said of values over time.</summary>
public partial class DiagnosticsTests
{
    private static string Sequences(string returned, string body, string more = "") =>
        $"[Network] public sealed partial class Net {{ [Predict] static {returned} P([Shape(3)] Sequence xs, [Shape(3)] Sequence ys) => {body}; {more} }}";

    [Theory]
    [InlineData("Sequence", "xs + ys", "xs + ys", "Addition: values over 'xs' and over 'ys' have different lengths. Inputs whose lengths are the same share a name: [Time(\"t\")]")]
    [InlineData("Sequence", "xs.Relu().Concat(ys.Relu())", "ys.Relu()", "Concat: values over 'xs' and over 'ys' have different lengths. Inputs whose lengths are the same share a name: [Time(\"t\")]")]
    [InlineData("Sequence", "xs.Map(x => x.Square().Sum().Gradient(xs).Last())", "xs", "Gradient: a sequence over 'xs' cannot be used within a Map or Scan over 'xs' itself")]
    [InlineData("Tensor", "Leak(xs)", "xs.Last() + step", "Addition: this is a value of one step over 'xs', and is used outside of its Map or Scan", "static Tensor Leak(Sequence xs) { Tensor step = 0; xs.Map(x => { step = x; return x; }); return xs.Last() + step; }")]
    [InlineData("Tensor", "Leak(xs)", "P", "'P' returns a value of one step, which is used outside of its Map or Scan", "static Tensor Leak(Sequence xs) { Tensor step = 0; xs.Map(x => { step = x; return x; }); return step; }")]
    [InlineData("Tensor", "Kept(xs)", "Assign(x)", "Assign: a state has one value after a call, and within a Map or Scan there are several: assign what the Scan ends with, its Last", "static readonly State S = new(3); static Tensor Kept(Sequence xs) => xs.Map(x => { S.Assign(x); return x; }).Last();")]
    public void Values_over_different_times(string returned, string body, string underlined, string message, string more = "") =>
        Reports(Sequences(returned, body, more), "KILN036", underlined, message);

    [Theory]
    [InlineData("(h, token) => (token, h)", "0, 9, max: 0", "0", "KILN008", "Generate: at least 1 step expected, 0 came")]
    [InlineData("(h, token) => (h.Dense(5).ArgMax(), h)", "0, 5, max: 4", "5", "KILN008", "Generate: a token from 0 to 4 expected, 5 came")]
    [InlineData("(h, token) => (h.Dense(5).ArgMax(), h)", "7, 4, max: 4", "7", "KILN008", "Generate: a token from 0 to 4 expected, 7 came")]
    [InlineData("(h, token) => (h.Dense(5).ArgMax(), h.Concat(h))", "0, 4, max: 4", "h.Concat(h)", "KILN037", "The state of a Scan is [3] before a step and [6] after it: it keeps its shape")]
    public void What_cannot_be_generated(string step, string arguments, string underlined, string id, string message) =>
        Reports(Sequences("TokenSequence", $"Sequence.Generate(xs.Last(), {arguments}, {step})"), id, underlined, message);

    [Theory]
    [InlineData("Reverse()", "Reverse")]
    [InlineData("Shift(1)", "Shift")]
    [InlineData("Window(3)", "Window")]
    public void What_reads_the_lengths_of_the_caller(string call, string word)
    {
        var network = GeneratorHost.Compile(("Network.cs", Sequences("Sequence", $"Sequence.Generate(xs.Last(), 0, 4, 6, (h, token) => (h.Dense(5).ArgMax(), h)).Embed(5).{call}")));
        var finding = Assert.Single(GeneratorHost.Read(network, "Net").Findings).ToDiagnostic();
        Assert.Equal("KILN007", finding.Id);
        Assert.Matches($"{word}: not available for the sequence 'generated[0-9]+', whose lengths the network computes", finding.GetMessage(null));
    }

    [Fact]
    public void Time_of_any_length_is_no_axis() => Reports(
        Sequences("Tensor", "xs.ToTensor()"), "KILN007", "ToTensor()", "ToTensor: a sequence that AsSequence made of an axis expected: the length of 'xs' differs from sample to sample");

    [Theory]
    [InlineData("xs.Scan(Tensor.Zeros(2), (h, x) => x).Last", "x", "The state of a Scan is [2] before a step and [3] after it: it keeps its shape")]
    [InlineData("xs.Scan((Tensor.Zeros(2), Tensor.Zeros(3)), (s, x) => (x, (s.Item1, s.Item2.Concat(x)))).Last.Item1", "s.Item2.Concat(x)", "The state of a Scan is [3] before a step and [6] after it: it keeps its shape")]
    [InlineData("xs.Scan(new[] { Tensor.Zeros(2) }, (s, x) => (x, [x])).Last[0]", "[x]", "The state of a Scan is [2] before a step and [3] after it: it keeps its shape")]
    [InlineData("xs.Scan(Tensor.Zeros(2), Cell).Last", "Scan(Tensor.Zeros(2), Cell)", "The state of a Scan is [2] before a step and [3] after it: it keeps its shape", "static Tensor Cell(Tensor h, Tensor x) => x;")]
    public void A_state_that_changes_its_shape(string body, string underlined, string message, string more = "") => Reports(Sequences("Tensor", body, more), "KILN037", underlined, message);

    [Theory]
    [InlineData("xs.Scan((Tensor.Zeros(3), 0), (s, x) => (x, (x, s.Item2 + 1))).Last.Item1", "(Tensor.Zeros(3), 0)", "Scan: a state consists of tensors, and not of the constant 0")]
    [InlineData("xs.Scan(new List<Tensor> { Tensor.Zeros(3) }, (s, x) => (x, new List<Tensor> { x, x })).Last[0]", "new List<Tensor> { x, x }", "Scan: the number of tensors in the state is 1 before a step and 2 after it")]
    [InlineData("xs.Scan((Tensor.Zeros(3), ys), (s, x) => (x, s)).Last.Item1", "(Tensor.Zeros(3), ys)", "Scan: a state consists of tensors, and not of a Sequence")]
    [InlineData("xs.Scan(new Tensor[0], (s, x) => (x, s)).Outputs.Last()", "new Tensor[0]", "Scan: a state of at least one tensor expected, and this has none")]
    [InlineData("xs.Map(x => null!).Last()", "Map(x => null!)", "Map: a step gives a Tensor, and not null")]
    public void What_is_no_state(string body, string underlined, string message) => Reports("using System.Collections.Generic;" + Sequences("Tensor", body), "KILN038", underlined, message);

    [Theory]
    [InlineData("Sequence", "xs.Dense(5).CrossEntropy(ys)", "Sequence", "A loss is one number per sample, and this has one for each step: use MeanOverTime or SumOverTime")]
    [InlineData("(Loss Total, Sequence Steps)", "(xs.Dense(5).CrossEntropy(ys).MeanOverTime(), xs)", "Sequence Steps", "A monitored value is one number per sample, and this has one for each step: use MeanOverTime or SumOverTime")]
    public void A_sequence_where_a_loss_is_wanted(string returned, string body, string underlined, string message) => Reports(
        $"[Network] public sealed partial class Net {{ [Learn] static {returned} L([Shape(3), Time(\"t\")] Sequence xs, [Vocabulary(5), Time(\"t\")] TokenSequence ys) => {body}; }}", "KILN039", underlined, message);

    [Theory]
    [InlineData("S.Assign(xs.Last()); S.Assign(ys.Last());", "Assign(ys.Last())", "'s' is assigned twice in one program")]
    [InlineData("xs.Apply(Cell); ys.Apply(Cell);", "Apply(Cell)", "'cell.h' is assigned twice in one program")]
    public void A_state_that_is_assigned_twice(string body, string underlined, string message) => Reports(
        Sequences("Tensor", "Q(xs, ys)", $"static readonly State S = new(3); static readonly Gru Cell = new(3) {{ Stateful = true }}; static Tensor Q(Sequence xs, Sequence ys) {{ {body} return xs.Last(); }}"), "KILN025", underlined, message);

    [Theory]
    [InlineData("KILN007", "xs.Last().Apply(new Lstm(3))", "Apply(new Lstm(3))", "Lstm: expected a Sequence, got [N, 3]")]
    [InlineData("KILN007", "xs.Reshape(3, 1).Gru(4).Last()", "Gru(4)", "Gru: expected steps of one axis, got [N, xs, 3, 1]; Flatten makes one of them")]
    [InlineData("KILN008", "xs.Apply(new Lstm(3) { Stateful = true, Bidirectional = true }).Last()", "true", "Lstm: a bidirectional layer keeps no state, as its two directions end at different ends")]
    [InlineData("KILN008", "xs.Window(0).Last()", "0", "Window: size must be at least 1, got 0")]
    [InlineData("KILN001", "xs.Apply(new Mine()).Last()", "Apply(new Mine())", "'Mine' cannot be evaluated at build time: the layer overrides no Apply(Sequence)", "public sealed class Mine : Layer;")]
    public void Layers_over_time(string id, string body, string underlined, string message, string more = "") => Reports(more + Sequences("Tensor", body), id, underlined, message);

    [Theory]
    [InlineData("[Time(\"t\")] [Shape(3)] Tensor x", "KILN019", "Time(\"t\")", "'x' is a Tensor: [Time] is for a Sequence or a TokenSequence")]
    [InlineData("[Time(\"a b\")] [Shape(3)] Sequence x", "KILN008", "Time(\"a b\")", "Time: expected a name like that of a variable, got 'a b'")]
    [InlineData("[Time(\"t\", Max = -1)] [Shape(3)] Sequence x", "KILN008", "Time(\"t\", Max = -1)", "Time: Max must be at least 1, or 0 for no bound, got -1")]
    [InlineData("TokenSequence x", "KILN019", "TokenSequence x", "the tokens 'x' need the size of their vocabulary: [Vocabulary(…)]")]
    [InlineData("[Vocabulary(0)] TokenSequence x", "KILN008", "Vocabulary(0)", "Vocabulary: expected at least 1, got 0")]
    [InlineData("[Vocabulary(3), Shape(2)] TokenSequence x", "KILN019", "Shape(2)", "the tokens 'x' have no shape: there is one at every step")]
    [InlineData("Sequence x", "KILN019", "Sequence x", "the input 'x' needs its shape: [Shape(…)]")]
    public void Inputs_over_time(string parameter, string id, string underlined, string message) =>
        Reports($"[Network] public sealed partial class Net {{ [Predict] static Tensor P({parameter}, [Shape(2)] Tensor z) => z; }}", id, underlined, message);

    [Theory]
    [InlineData("Input(3, Vocabulary = 5)", "Vocabulary = 5", "Input: whole numbers have no shape: leave the shape or Vocabulary out")]
    [InlineData("Input(Vocabulary = 0, Sequence = true)", "0", "Input: expected a vocabulary of at least 1, got 0")]
    public void Inputs_of_stacks_over_time(string input, string underlined, string message) => Reports($"[Network, {input}, Dense(3), CrossEntropy] public sealed partial class Net;", "KILN008", underlined, message);

    [Theory]
    [InlineData("KILN025", "M.Assign(xs); M.Assign(ys);", "Assign(ys)", "'m' is assigned twice in one program")]
    [InlineData("KILN007", "M.Assign(xs.Dense(4));", "xs.Dense(4)", "Assign: expected steps of the state's shape [3], got [N, xs, 4]")]
    [InlineData("KILN038", "M.Assign(new Sequential(new LastState()).Apply(xs));", "new Sequential(new LastState()).Apply(xs)", "Assign: a sequence state is a Sequence, and not a Tensor")]
    [InlineData("KILN036", "xs.Map(x => { M.Assign(ys + x); return x; });", "ys + x", "Assign: a sequence state has one sequence after a call, and within a Map or Scan there are several")]
    [InlineData("KILN036", "M.Assign(M + xs);", "M + xs", "Addition: values over 'States.m' and over 'xs' have different lengths. Inputs whose lengths are the same share a name: [Time(\"t\")]")]
    [InlineData("KILN008", "var s = new SequenceState(3, 0);", "0", "SequenceState: expected sizes of at least 1, got 0")]
    [InlineData("KILN019", "", "P", "'P' returns nothing and assigns no state: a call of it would do nothing")]
    public void Sequences_that_outlive_a_call(string id, string body, string underlined, string message) => Reports(
        $"[Network] public sealed partial class Net {{ static readonly SequenceState M = new(3); [Predict] static void P([Shape(3)] Sequence xs, [Shape(3)] Sequence ys) {{ {body} }} }}", id, underlined, message);

    [Fact]
    public void More_axes_than_a_call_carries()
    {
        Assert.Contains($"const int MaxAxes = {InputReader.MaxAxes},", File.ReadAllText(Path.Combine(ThisFolder(), "../../../src/Runtime/Kernels/Frame.cs")));
        var inputs = string.Join(", ", Enumerable.Range(0, 8).Select(i => $"[Shape(2)] Sequence x{i}"));
        Reports(Net($"static readonly SequenceState M = new(2); [Predict] static Tensor P({inputs}) => M.Last() + x7.Last();"), "KILN019", "P",
            "'P' runs over 9 axes of time, at most 8 are possible: sequences of the same lengths share one by [Time(\"t\")]");
        Reports(Net($"static readonly SequenceState M = new(2), N = new(2); [Predict] static Tensor P({inputs.Replace("Sequence", "Tensor")}, [Shape(4), Shape(6)] Tensor y) => x0 + (y.Shape[0] > 4 ? M : N).Last();"), "KILN019", "P",
            "'P' reads different sequence states for different declared shapes: write two programs");
    }
}
