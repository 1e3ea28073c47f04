using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Passes;
using Kiln.Generators.Tests.Reference;

namespace Kiln.Generators.Tests.Operators;

/// <summary>The words' values and derivatives against what PyTorch computed: the same conventions, ties and edges included.</summary>
public sealed class PyTorchTests
{
    private delegate Node Build(GraphBuilder graph, Node x, Node? u);

    private static Build Word(string word, params (string, object)[] arguments) => (g, x, u) => TestCall.Of(g, word, x, arguments);
    private static Build Binary(string word) => (g, x, u) => TestCall.Of(g, word, null, ("a", x), ("b", u!));
    private static Build Target(string word, string argument = "target") => (g, x, u) => TestCall.Of(g, word, x, (argument, u!));
    private static readonly (string, object) First = ("axes", new[] { 0 }), Last = ("axes", new[] { -1 }), Outer = ("axes", new[] { 0, 2 });

    private static readonly Dictionary<string, Build> Cases = new()
    {
        ["pointwise:relu"] = Word("Relu"),
        ["pointwise:leakyRelu"] = Word("LeakyRelu"),
        ["pointwise:relu6"] = Word("Relu6"),
        ["pointwise:elu"] = Word("Elu"),
        ["pointwise:tanh"] = Word("Tanh"),
        ["pointwise:sigmoid"] = Word("Sigmoid"),
        ["pointwise:softplus"] = Word("Softplus"),
        ["pointwise:exp"] = Word("Exp"),
        ["pointwise:log"] = Word("Log"),
        ["pointwise:sqrt"] = Word("Sqrt"),
        ["pointwise:abs"] = Word("Abs"),
        ["pointwise:square"] = Word("Square"),
        ["pointwise:clamp"] = Word("Clamp", ("low", -1), ("high", 2)),
        ["pointwise:sign"] = Word("Sign"),
        ["pointwise:step"] = Word("Step"),
        ["pointwise:greater"] = (g, x, _) => TestCall.Of(g, "op_GreaterThan", null, ("a", x), ("b", 0.5)),
        ["pointwise:less"] = (g, x, _) => TestCall.Of(g, "op_LessThan", null, ("a", x), ("b", 0.5)),
        ["pointwise:reciprocal"] = (g, x, _) => TestCall.Of(g, "op_Division", null, ("a", 1), ("b", x)),
        ["pointwise:negate"] = (g, x, _) => TestCall.Of(g, "op_UnaryNegation", null, ("a", x)),
        ["pointwise:add/row"] = Binary("op_Addition"),
        ["pointwise:subtract/column"] = Binary("op_Subtraction"),
        ["pointwise:multiply/outer"] = Binary("op_Multiply"),
        ["pointwise:multiply/scalar"] = Binary("op_Multiply"),
        ["pointwise:divide/outer"] = Binary("op_Division"),
        ["pointwise:divide/scalar"] = Binary("op_Division"),
        ["pointwise:divide/row"] = Binary("op_Division"),

        ["reductions:sum/all"] = Word("Sum"),
        ["reductions:sum/outer"] = Word("Sum", Outer),
        ["reductions:mean/first"] = Word("Mean", First),
        ["reductions:mean/last"] = Word("Mean", Last),
        ["reductions:max/all"] = Word("Max"),
        ["reductions:max/outer"] = Word("Max", Outer),
        ["reductions:maxTies"] = Word("Max", Last),
        ["reductions:logSumExp/all"] = Word("LogSumExp"),
        ["reductions:logSumExp/outer"] = Word("LogSumExp", Outer),
        ["reductions:softmax/first"] = Word("Softmax", ("axis", 0)),
        ["reductions:softmax/last"] = Word("Softmax"),
        ["reductions:softmax/temperature"] = Word("Softmax", ("temperature", 0.5)),
        ["reductions:softmax/large"] = Word("Softmax"),
        ["reductions:logSoftmax/first"] = Word("LogSoftmax", ("axis", 0)),
        ["reductions:logSoftmax/last"] = Word("LogSoftmax"),
        ["reductions:outer"] = Target("Outer", "right"),
        ["reductions:matMul"] = Target("MatMul", "right"),

        ["losses:crossEntropyDistribution"] = Target("CrossEntropy", "probabilities"),
        ["losses:binaryCrossEntropyWithLogits"] = Target("BinaryCrossEntropyWithLogits"),
        ["losses:binaryCrossEntropy"] = Target("BinaryCrossEntropy"),
        ["losses:squaredError"] = Target("SquaredError"),
        ["losses:hinge"] = Target("Hinge"),
        ["losses:meanSquaredError"] = Target("MeanSquaredError"),
        ["losses:absoluteError"] = Target("AbsoluteError"),
        ["losses:meanAbsoluteError"] = Target("MeanAbsoluteError"),
        ["losses:poisson"] = Target("PoissonNegativeLogLikelihood"),
        ["losses:kullbackLeibler"] = Target("KullbackLeiblerDivergence"),
        ["losses:cosine"] = Target("CosineSimilarity", "other"),
        ["losses:crossEntropy"] = Labelled,
        ["losses:crossEntropyMany"] = Labelled,
        ["losses:multiHinge"] = (graph, x, label) => TestCall.Of(graph, "MultiHinge", x, ("labels", new LabelsValue(label!, 9))),
        ["losses:multiHingeWide"] = (graph, x, label) => TestCall.Of(graph, "MultiHinge", x, ("labels", new LabelsValue(label!, 9)), ("margin", 2.5)),

        ["pools:max2"] = Pool("MaxPool2D", 2),
        ["pools:maxTies"] = Pool("MaxPool2D", 3, 2, 1),
        ["pools:maxNegativePadded"] = Pool("MaxPool2D", 3, 2, 1),
        ["pools:maxOblong"] = Pool("MaxPool2D", (3, 2), (1, 2)),
        ["pools:average2"] = Pool("AveragePool2D", 2),
        ["pools:averagePadded"] = Pool("AveragePool2D", 3, 2, 1),
        ["pools:averageOverlapping"] = Pool("AveragePool2D", 3, 1),
        ["pools:globalAverage"] = Word("GlobalAveragePool"),

        ["convolutions:valid"] = Convolution(7, 3),
        ["convolutions:padded"] = Convolution(5, 5, padding: 2),
        ["convolutions:dilated"] = Convolution(4, 3, padding: 2, dilation: 2),
        ["convolutions:dilatedStrided"] = Convolution(3, 3, 2, 1, 3),
        ["convolutions:grouped"] = Convolution(9, 3, padding: 1, groups: 3),
        ["convolutions:depthwise"] = Convolution(5, 3, 2, 1, groups: 5),
        ["convolutions:oblong"] = Convolution(3, (1, 4), (1, 2)),
        ["convolutions:whole"] = Convolution(4, (5, 4)),
        ["convolutions:sameEven"] = Convolution(3, 4, padding: -1),
        ["convolutions:sameOdd"] = Convolution(3, 3, padding: -1),
        ["convolutions:stridedOver"] = Convolution(3, 2, 3),
    };

    public static IEnumerable<object[]> All => Cases.Keys.Select(c => new object[] { c });

    [Theory, MemberData(nameof(All))]
    public void Value_and_gradients_are_PyTorchs(string name)
    {
        var (file, c) = (new Fixture(name.Split(':')[0]), name.Split(':')[1]);
        var (graph, inputs, evaluator) = (new GraphBuilder(), new List<Input>(), new ReferenceEvaluator(file.Shape(c + "/x")[0]));
        var x = Read(c + "/x")!;
        var y = Cases[name](graph, x, Read(c + "/u") ?? Read(c + "/label"));
        var differentiable = file.Has(c + "/cotangent");
        var loss = differentiable ? graph.Add(new Multiply(), y, Read(c + "/cotangent")!) : y;
        loss = graph.Sum(loss, [.. Enumerable.Range(0, loss.Type.Rank)]);
        var parameters = graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>().Select(p => p.Name).ToArray();
        foreach (var parameter in parameters) evaluator.Parameters[parameter] = file[$"{c}/initial/conv1.{parameter}"];
        var program = new Program("Learn", 0, ProgramKind.Learn, "", inputs.ToEquatable(), parameters.ToEquatable(), graph.Build([new(Role.Loss, "", loss.Id), new(Role.Monitor, "y", y.Id)]));

        var main = Pipeline.Run(program).Main;
        Numbers.Close(file[c + "/y"], evaluator.Outputs(main, Role.Monitor)["y"], 1e-6, name);
        if (!differentiable) return;
        var rows = file.Shape(c + "/x")[0];
        foreach (var (input, gradient) in evaluator.Outputs(main, Role.InputGradient))
            if (file.Has($"{c}/gradient/{input}")) Numbers.Close(file[$"{c}/gradient/{input}"], [.. gradient.Select(v => v * rows)], 2e-6, $"{name}, d/d{input}");
        foreach (var (parameter, gradient) in evaluator.Outputs(main, Role.Gradient))
            Numbers.Close(file[$"{c}/gradient/conv1.{parameter}"], gradient, 2e-6, $"{name}, d/d{parameter}");

        Node? Read(string key)
        {
            if (!file.Has(key)) return null;
            var (shape, label) = (file.Shape(key)[1..], key.EndsWith("/label", StringComparison.Ordinal));
            evaluator.Inputs[inputs.Count] = file[key];
            inputs.Add(new(key.Split('/')[^1], label ? InputKind.Labels : InputKind.Tensor, [.. shape], 0, !label, false, 0, 0));
            return graph.Add(new InputRead(inputs.Count - 1, new(label ? DType.Int32 : DType.Float32, true, [.. shape])));
        }
    }

    private static Node Labelled(GraphBuilder graph, Node x, Node? label) => TestCall.Of(graph, "CrossEntropy", x, ("labels", new LabelsValue(label!, x.Type.Shape.Items[^1])));

    private static Build Pool(string word, object kernel, object? stride = null, int padding = 0) =>
        stride is null ? Word(word, ("kernel", kernel)) : Word(word, ("kernel", kernel), ("stride", stride), ("padding", padding));

    private static Build Convolution(int channels, object kernel, object? stride = null, int padding = 0, int dilation = 1, int groups = 1) =>
        Word("Conv2D", ("channels", channels), ("kernel", kernel), ("stride", stride ?? 1), ("padding", padding), ("dilation", dilation), ("groups", groups));
}
