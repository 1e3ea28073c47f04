using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests;

/// <summary>A word means the same as a method, as an object and as an attribute.</summary>
public class WordsTests
{
    public static TheoryData<string, string, string> Words => new()
    {
        { "BatchNorm()", "BatchNorm()", "BatchNorm" },
        { "BatchNorm(0.2, 1e-3, affine: false)", "BatchNorm { Momentum = 0.2, Epsilon = 1e-3, Affine = false }", "BatchNorm(Momentum = 0.2, Epsilon = 1e-3, Affine = false)" },
        { "LayerNorm()", "LayerNorm()", "LayerNorm" },
        { "LayerNorm(2, 1e-3, false)", "LayerNorm(2) { Epsilon = 1e-3, Affine = false }", "LayerNorm(2, Epsilon = 1e-3, Affine = false)" },
        { "GroupNorm(2)", "GroupNorm(2)", "GroupNorm(2)" },
        { "GroupNorm(4, 1e-3, false)", "GroupNorm(4) { Epsilon = 1e-3, Affine = false }", "GroupNorm(4, Epsilon = 1e-3, Affine = false)" },
        { "InstanceNorm()", "InstanceNorm()", "InstanceNorm" },
        { "InstanceNorm(1e-3, affine: false)", "InstanceNorm { Epsilon = 1e-3, Affine = false }", "InstanceNorm(Epsilon = 1e-3, Affine = false)" },
        { "LocalResponseNorm()", "LocalResponseNorm()", "LocalResponseNorm" },
        { "LocalResponseNorm(3, 0.1, 0.5, 1)", "LocalResponseNorm(3) { Alpha = 0.1, Beta = 0.5, K = 1 }", "LocalResponseNorm(3, Alpha = 0.1, Beta = 0.5, K = 1)" },
        { "ParametricRelu()", "ParametricRelu()", "ParametricRelu" },
        { "ParametricRelu(false, 0.5)", "ParametricRelu { PerChannel = false, Slope = 0.5 }", "ParametricRelu(PerChannel = false, Slope = 0.5)" },
        { "Gelu()", "Gelu()", "Gelu" },
        { "Gelu(true)", "Gelu { Approximate = true }", "Gelu(Approximate = true)" },
        { "Selu()", "Selu()", "Selu" },
        { "HardSigmoid()", "HardSigmoid()", "HardSigmoid" },
        { "HardSwish()", "HardSwish()", "HardSwish" },
        { "HardTanh()", "HardTanh()", "HardTanh" },
        { "Softsign()", "Softsign()", "Softsign" },
        { "Mish()", "Mish()", "Mish" },
        { "NoisyRelu()", "NoisyRelu()", "NoisyRelu" },
        { "NoisyRelu(0.3)", "NoisyRelu(0.3)", "NoisyRelu(0.3)" },
        { "Identity()", "Identity()", "Identity" },
        { "Abs()", "Abs()", "Abs" },
        { "Step()", "Step()", "Step" },
        { "Softmax(0, 2)", "Softmax { Axis = 0, Temperature = 2 }", "Softmax(Axis = 0, Temperature = 2)" },
        { "SpatialDropout(0.25)", "SpatialDropout(0.25)", "SpatialDropout(0.25)" },
    };

    [Theory, MemberData(nameof(Words))]
    public void Three_ways_to_write_it(string method, string instance, string attribute)
    {
        var methods = Network($"[Network] public sealed partial class Net {{ [Predict] static Tensor P([Shape(4, 3, 5)] Tensor x) => x.{method}.Flatten().Dense(2); [Learn] static Loss L([Shape(4, 3, 5)] Tensor x, [Classes(2)] Labels t) => P(x).CrossEntropy(t); }}");
        var objects = Network($"[Network] public sealed partial class Net {{ static readonly Sequential All = new(new {instance}, new Flatten(), new Dense(2)); [Predict] static Tensor P([Shape(4, 3, 5)] Tensor x) => All.Apply(x); [Learn] static Loss L([Shape(4, 3, 5)] Tensor x, [Classes(2)] Labels t) => P(x).CrossEntropy(t); }}");
        var attributes = Network($"[Network, Input(4, 3, 5), {attribute}, Flatten, Dense(2), CrossEntropy] public sealed partial class Net;");
        Assert.Equal(methods, objects);
        Assert.Equal(methods, attributes);
    }

    [Theory]
    [InlineData("Huber", "x.Huber(t)")]
    [InlineData("Huber(0.5)", "x.Huber(t, 0.5)")]
    public void A_loss_with_an_argument(string attribute, string method) => Assert.Equal(
        Network($"[Network] public sealed partial class Net {{ static readonly Dense All = new(2); [Predict] static Tensor P([Shape(4)] Tensor x) => All.Apply(x); [Learn] static Loss L([Shape(4)] Tensor y, [Shape(2)] Tensor t) {{ var x = P(y); return {method}.Sum(); }} }}"),
        Network($"[Network, Input(4), Dense(2), {attribute}] public sealed partial class Net;"));

    [Theory]
    [InlineData("CrossEntropy(Smoothing = 0.1)", 3, "smoothing: 0.1")]
    [InlineData("CrossEntropy(Weights = new double[] { 1, 2, 0.5 })", 3, "weights: [1, 2, 0.5]")]
    [InlineData("CrossEntropy(Ignored = 2)", 3, "ignored: 2")]
    [InlineData("CrossEntropy(Smoothing = 0.1, Weights = new[] { 1.0, 2, 3 }, Ignored = 3)", 4, "0.1, [1, 2, 3], 3")]
    public void A_loss_of_labels_with_arguments(string attribute, int classes, string arguments) => Assert.Equal(
        Network($"[Network] public sealed partial class Net {{ static readonly Dense All = new(3); [Predict] static Tensor P([Shape(4)] Tensor x) => All.Apply(x); [Learn] static Loss L([Shape(4)] Tensor y, [Classes({classes})] Labels t) => P(y).CrossEntropy(t, {arguments}); }}"),
        Network($"[Network, Input(4), Dense(3), {attribute}] public sealed partial class Net;"));

    [Fact]
    public void A_bias_starts_as_its_layer_says()
    {
        var network = GeneratorHost.Network(
            """
            [Network, Input(2, 6, 6), Conv2D(4, Kernel = 3, BiasInitializer = Initializer.HeUniform, BiasInitializerScale = 0.408), Flatten,
             Dense(5, BiasInitializer = Initializer.Ones, BiasInitializerScale = 0.1), Dense(3, Initializer = Initializer.LeCunNormal, InitializerScale = 2), CrossEntropy]
            public sealed partial class Net;
            """);
        Assert.Equal(
            ["conv1.weight HeUniform 1 18", "conv1.bias HeUniform 0.408 18", "dense1.weight HeUniform 1 64", "dense1.bias Ones 0.1 64", "dense2.weight LeCunNormal 2 5", "dense2.bias Zeros 1 5"],
            network.Parameters.Select(p => FormattableString.Invariant($"{p.Name} {p.Initializer} {p.Scale} {p.FanIn}")));
    }

    /// <summary>What is computed, and from which parameters, whatever they are called.</summary>
    private static string Network(string source)
    {
        var network = GeneratorHost.Network(source);
        var parameters = network.Parameters.Select(p => $"{p.Name.Split('.')[^1]} [{string.Join(", ", p.Shape)}] {p.Initializer} {p.Scale} {p.Trainable}");
        return string.Join("\n", network.Programs.Select(p => $"{p.Kind}\n{Text(p.Graph)}").Concat(parameters));
    }

    /// <summary>A value a line, in the order in which the outputs need them. A stack is watched, too, which is not compared.</summary>
    private static string Text(Graph.Graph graph)
    {
        var (lines, numbers) = (new List<string>(), new Dictionary<int, int>());
        foreach (var output in graph.Outputs.Where(o => o.Role != Role.Metric)) lines.Add($"{output.Role} {Number(graph[output.Node])}");
        return string.Join("\n", lines);

        int Number(Node node)
        {
            if (numbers.TryGetValue(node.Id, out var known)) return known;
            var inputs = string.Join(", ", node.Inputs.Select(i => Number(graph[i])));
            lines.Add($"{numbers.Count}: {node.Operator switch { ParameterRead read => read.Name.Split('.')[^1], RandomDraw draw => $"{draw.Distribution}", var op => op }}({inputs}) {node.Type}");
            return numbers[node.Id] = numbers.Count;
        }
    }
}
