using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Tests.Operators;
using GraphParameter = Kiln.Generators.Graph.Parameter;

namespace Networks.Tests;

/// <summary>
/// A network made by chance: layers, windows, views, reductions and pointwise functions on shapes with odd sizes; a
/// prediction and one or two Learn programs over the same parameters, some with a gradient inside the loss.
/// </summary>
internal sealed partial class RandomNetwork
{
    private readonly Random _random;
    private readonly List<GraphParameter> _parameters = [];
    private readonly List<Input> _inputs = [];
    private readonly int _style;

    public RandomNetwork(int seed)
    {
        _random = new Random(seed);
        _style = _random.Next(4);
        Shape = _style == 0 ? _random.Next(4) > 0 ? [Between(1, 4), Between(4, 9), Between(4, 9)] : [Between(1, 3), Between(1, 5), Between(1, 40)] : _style == 1 ? [Between(2, 6), Between(2, 9)] : [Between(1, 40)];
        _inputs.Add(new Input("x", InputKind.Tensor, Shape.ToEquatable(), 0, false, false, 1, 0));
        if (_random.Next(2) == 0) _inputs.Add(new Input("label", InputKind.Labels, [], 5, false, false, 1, 0));
        var programs = new List<Program> { Predict() };
        for (var i = 0; i <= _random.Next(2); i++) programs.Add(Learn($"Learn{i}", i));
        Network = new Network(new ClassInfo("Random", [], "internal", $"Net{seed}", true), _parameters.ToEquatable(), programs.ToEquatable());
    }

    public int[] Shape { get; }
    public Network Network { get; }

    private int Between(int low, int high) => _random.Next(low, high + 1);

    private Program Predict()
    {
        var graph = new GraphBuilder();
        var outputs = new List<Output> { new(Role.Prediction, "y", Body(graph, 0)[^1].Id) };
        if (graph[outputs[0].Node].Type.Rank > 0) outputs.Add(new(Role.Prediction, "best", graph.Add(new ArgMaxIndex(), graph[outputs[0].Node]).Id));
        return new Program("Predict", 0, ProgramKind.Predict, "", _inputs.ToEquatable(), [], graph.Build(outputs));
    }

    private Program Learn(string name, int number)
    {
        var graph = new GraphBuilder();
        var values = Body(graph, number);
        var loss = Mean(graph, graph.Add(new Square(), graph.Add(new Tanh(), values[^1])));
        if (_inputs.Count > 1) loss = graph.Add(new Add(), loss, CrossEntropy(graph, values[^1]));
        if (_random.Next(3) == 0)
        {
            // A penalty on the gradient: second derivatives.
            var slope = Autodiff.Derivative(graph, Mean(graph, graph.Add(new Tanh(), values[^1])), values[0]);
            loss = graph.Add(new Add(), loss, Mean(graph, graph.Add(new Square(), slope)));
        }
        var monitor = Mean(graph, graph.Add(new Abs(), values[^1]));
        var trained = graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>().Select(p => p.Name).Distinct();
        return new Program(name, 0, ProgramKind.Learn, "", _inputs.ToEquatable(), trained.ToEquatable(), graph.Build([new(Role.Loss, "", loss.Id), new(Role.Monitor, "size", monitor.Id)]));
    }

    private Node CrossEntropy(GraphBuilder graph, Node value)
    {
        var label = graph.Add(new InputRead(1, new TensorType(DType.Int32, true, [])));
        var flat = graph.Add(new Reshape([value.Type.Length]), value);
        var logits = Dense(graph, flat, 5, "logits");
        var top = graph.Add(new Reshape([1]), graph.Add(new Reduce(Reduction.Max, [0]), logits));
        var sum = graph.Add(new Reduce(Reduction.Sum, [0]), graph.Add(new Exp(), graph.Add(new Subtract(), logits, top)));
        var all = graph.Add(new Add(), graph.Add(new Log(), sum), graph.Add(new Reshape([]), top));
        return graph.Add(new Subtract(), all, graph.Add(new Reduce(Reduction.Sum, [0]), graph.Add(new Multiply(), logits, graph.Add(new OneHotOf(5), label))));
    }

    private static Node Mean(GraphBuilder graph, Node x)
    {
        var sum = x.Type.Rank == 0 ? x : graph.Add(new Reduce(Reduction.Sum, Enumerable.Range(0, x.Type.Rank).ToEquatable()), x);
        return graph.Add(new Divide(), sum, graph.Add(Constant.Of(x.Type.Length)));
    }

    /// <summary>The values of the trunk, the input first. Parameters are shared between programs where names meet.</summary>
    private List<Node> Body(GraphBuilder graph, int number)
    {
        var random = new Random(_style * 31 + number + Shape.Aggregate(7, (seed, size) => seed * 41 + size));
        var values = new List<Node> { graph.Add(new InputRead(0, TensorType.Float(true, Shape))) };
        for (var step = 0; step < 3 + random.Next(7); step++)
        {
            var x = values[values.Count - (values.Count > 2 && random.Next(4) == 0 ? 2 : 1)];
            if (Next(graph, random, x, values, $"p{step}") is { } y && y.Type.Length <= 2000) values.Add(y);
        }
        return values;
    }

    private Node? Next(GraphBuilder graph, Random random, Node x, List<Node> values, string name)
    {
        var rank = x.Type.Rank;
        var axis = rank == 0 ? 0 : random.Next(rank);
        if (rank is 2 or 3 or 4 && random.Next(4) == 0) return Windowed(graph, random, x, rank, name);
        if (random.Next(3) == 0) return Word(graph, random, x, rank, axis, name);
        switch (random.Next(22))
        {
            case 0: return graph.Add(new Tanh(), x);
            case 1: return graph.Add(new Relu(), graph.Add(new Subtract(), x, graph.Add(Constant.Of(0.1))));
            case 2: return graph.Add(new Sigmoid(), x);
            case 3: return graph.Add(new Softplus(), x);
            case 4: return graph.Add(new Log(), graph.Add(new Add(), graph.Add(new Square(), x), graph.Add(Constant.Of(0.7))));
            case 5: return graph.Add(new Exp(), graph.Add(new Tanh(), x));
            case 6: return graph.Add(new Sqrt(), graph.Add(new Add(), graph.Add(new Abs(), x), graph.Add(Constant.Of(0.3))));
            case 7 when rank > 0: return graph.Add(new Multiply(), x, Parameter(graph, name, [x.Type[rank - 1]]));
            case 8: return graph.Add(new Add(), x, Parameter(graph, name, [.. x.Type.Shape]));
            case 9 when rank > 0: return graph.Add(new Reduce((Reduction)random.Next(2), [axis]), x);
            case 10: return graph.Add(new Reshape([x.Type.Length]), x);
            case 11 when rank > 1: return graph.Add(new Transpose(Enumerable.Range(0, rank).Reverse().ToEquatable()), x);
            case 12 when rank > 0 && x.Type[axis] > 1: return graph.Add(new Slice(axis, random.Next(2), x.Type[axis] - 1), x);
            case 13 when rank > 0: return graph.Add(new Pad(axis, random.Next(3), random.Next(2)), x);
            case 14 when rank > 0: return graph.Add(new Concat(axis), x, graph.Add(new Negate(), x));
            case 15 when rank > 0: return graph.Add(new Divide(), x, graph.Add(new Add(), graph.Add(new Square(), graph.Add(new Reshape([1]), Mean(graph, x))), graph.Add(Constant.Of(0.8))));
            case 16 when rank > 0:
                // Centred by the mean over the batch.
                return graph.Add(new Subtract(), x, graph.Add(new Divide(), graph.Add(new BatchSum(), x), graph.Add(new LiveRows())));
            case 17 when rank == 1: return graph.Add(new Reshape([x.Type.Length * Math.Min(3, x.Type.Length)]), graph.Add(new Einsum([0], [1], [0, 1]), x, graph.Add(new Slice(0, 0, Math.Min(3, x.Type.Length)), graph.Add(new Tanh(), x))));
            case 18 when rank == 2: return graph.Add(new Einsum([0, 1], [2, 1], [0, 2]), x, x);
            case >= 16 when rank == 3: return Image(graph, random, x, name);
            case >= 16 when rank == 2: return graph.Add(new Einsum([0, 1], [1, 2], [0, 2]), x, Parameter(graph, name, [x.Type[1], random.Next(2) * 13 + 3]));
            case >= 16 when rank == 1: return Dense(graph, x, 1 + random.Next(50), name);
            default: return null;
        }
    }

    /// <summary>A word of the language, composed of primitives.</summary>
    private Node? Word(GraphBuilder graph, Random random, Node x, int rank, int axis, string name) => random.Next(45) switch
    {
        0 => TestCall.Of(graph, "LeakyRelu", x, ("slope", 0.2)),
        1 => TestCall.Of(graph, "Elu", x, ("alpha", 0.7)),
        2 => TestCall.Of(graph, "Relu6", TestCall.Of(graph, "op_Multiply", null, ("a", x), ("b", 5.0))),
        3 => TestCall.Of(graph, "Clamp", x, ("low", -0.31), ("high", 0.47)),
        4 => graph.Add(new Multiply(), x, TestCall.Of(graph, "Step", x)),
        5 => graph.Add(new Multiply(), x, TestCall.Of(graph, "Sign", x)),
        6 when rank > 0 => TestCall.Of(graph, "Softmax", x, ("axis", axis), ("temperature", 0.8)),
        7 when rank > 0 => TestCall.Of(graph, "LogSoftmax", x, ("axis", axis)),
        8 when rank > 0 => TestCall.Of(graph, "LogSumExp", x, ("axes", new[] { axis })),
        9 when rank > 0 => TestCall.Of(graph, "Mean", x, ("axes", new[] { axis })),
        10 when rank > 0 => TestCall.Of(graph, "Max", x, ("axes", new[] { axis })),
        11 when rank == 3 => TestCall.Of(graph, "GlobalAveragePool", x),
        12 when rank == 3 => TestCall.Of(graph, "GlobalMaxPool", x),
        13 when rank > 0 && x.Type[axis] % 2 == 0 => TestCall.Of<Node[]>(graph, "Split", x, ("parts", 2), ("axis", axis))[random.Next(2)],
        14 => TestCall.Of(graph, "Stack", null, ("parts", new[] { x, graph.Add(new Square(), x) }), ("axis", 0)),
        15 => graph.Add(new Multiply(), x, graph.Add(new Greater(), x, graph.Add(Constant.Of(0.05)))),
        16 => TestCall.Of(graph, "BinaryCrossEntropyWithLogits", x, ("target", 0.3)),
        17 => TestCall.Of(graph, "BinaryCrossEntropy", graph.Add(new Sigmoid(), x), ("target", graph.Add(new Sigmoid(), graph.Add(new Negate(), x)))),
        18 => TestCall.Of(graph, "MeanSquaredError", x, ("target", graph.Add(new Tanh(), x))),
        19 when rank == 1 => TestCall.Of(graph, "CrossEntropy", x, ("probabilities", TestCall.Of(graph, "Softmax", graph.Add(new Negate(), x)))),
        20 => TestCall.Of(graph, "Dropout", x, ("rate", 0.3), ("training", true)),
        21 => graph.Add(new Multiply(), x, graph.Add(new RandomDraw(Distribution.Uniform, $"noise{graph.Nodes.Count}", true, x.Type.Shape))),
        22 => TestCall.Of(graph, "Silu", x),
        23 when rank > 0 => Layer(graph, name, "BatchNorm", x, random.Next(3) > 0 ? [("training", true)] : [], ("epsilon", 0.2)),
        24 => TestCall.Of(graph, "Gelu", x, ("approximate", random.Next(2) == 0)),
        25 => TestCall.Of(graph, "Selu", x),
        26 => TestCall.Of(graph, "Mish", x),
        27 => TestCall.Of(graph, "Softsign", x),
        28 => TestCall.Of(graph, "HardSwish", TestCall.Of(graph, "op_Multiply", null, ("a", x), ("b", 4.0))),
        29 => graph.Add(new Multiply(), x, TestCall.Of(graph, "HardSigmoid", TestCall.Of(graph, "op_Multiply", null, ("a", x), ("b", 4.0)))),
        30 => TestCall.Of(graph, "HardTanh", TestCall.Of(graph, "op_Multiply", null, ("a", x), ("b", 1.7))),
        31 when rank > 0 => Layer(graph, name, "ParametricRelu", x, [], ("perChannel", random.Next(2) == 0)),
        32 when rank > 0 && x.Type[rank - 1] > 1 => Layer(graph, name, "LayerNorm", x, [], ("lastAxes", 1 + random.Next(rank)), ("epsilon", 0.1)),
        33 when rank > 0 && x.Type[0] % 2 == 0 && x.Type.Length > 2 => Layer(graph, name, "GroupNorm", x, [], ("groups", 2), ("epsilon", 0.1)),
        34 when rank > 1 && x.Type.Length > x.Type[0] => Layer(graph, name, "InstanceNorm", x, [], ("affine", random.Next(2) == 0), ("epsilon", 0.1)),
        35 when rank > 0 => TestCall.Of(graph, "LocalResponseNorm", x, ("size", 1 + random.Next(6)), ("alpha", 0.8), ("k", 0.7), ("beta", random.Next(2) == 0 ? 0.75 : 0.6)),
        36 when rank > 1 => TestCall.Of(graph, "SpatialDropout", x, ("rate", 0.3), ("training", true)),
        37 => TestCall.Of(graph, "Huber", x, ("target", graph.Add(new Tanh(), graph.Add(new Negate(), x))), ("delta", 0.4)),
        38 => TestCall.Of(graph, "NoisyRelu", x, ("deviation", 0.3), ("training", true)),
        39 => TestCall.Of(graph, random.Next(2) == 0 ? "AbsoluteError" : "MeanAbsoluteError", x, ("target", graph.Add(new Tanh(), graph.Add(new Negate(), x)))),
        40 => TestCall.Of(graph, "GaussianNegativeLogLikelihood", x, ("target", graph.Add(new Tanh(), x)), ("variance", graph.Add(new Softplus(), x)), ("full", true), ("epsilon", 0.2)),
        41 => TestCall.Of(graph, "PoissonNegativeLogLikelihood", graph.Add(new Tanh(), x), ("target", graph.Add(new Softplus(), x)), ("full", true)),
        42 => TestCall.Of(graph, "KullbackLeiblerDivergence", graph.Add(new Tanh(), x), ("target", graph.Add(new Sigmoid(), x)), ("logTarget", random.Next(2) == 0)),
        43 when rank > 0 => TestCall.Of(graph, "CosineSimilarity", x, ("other", graph.Add(new Exp(), graph.Add(new Tanh(), x))), ("axis", axis), ("epsilon", 0.3)),
        44 when rank > 0 => TestCall.Of(graph, "CosineEmbedding", x, ("other", graph.Add(new Exp(), graph.Add(new Tanh(), x))), ("target", random.Next(2) == 0 ? 1.0 : -1.0), ("margin", -0.2)),
        _ => null,
    };

    private Node? Image(GraphBuilder graph, Random random, Node x, string name)
    {
        var kernel = 1 + random.Next(3);
        var window = new WindowGeometry(kernel, 1 + random.Next(3), 1 + random.Next(2), 1 + random.Next(3), random.Next(kernel), random.Next(2), random.Next(kernel), 0, 1 + random.Next(2), 1);
        var pool = new WindowGeometry(2, 2, 1 + random.Next(2), 2, 0, 0, 0, random.Next(2), Ceiling: random.Next(2) == 0);
        if (window.OutputHeight(x.Type[1]) < 1 || window.OutputWidth(x.Type[2]) < 1 || window.KernelWidth <= window.Left) return null;
        if (pool.OutputHeight(x.Type[1]) < 1 || pool.OutputWidth(x.Type[2]) < 1) return null;
        switch (random.Next(4))
        {
            case 0: return graph.Add(new MaxPool(pool), x);
            case 1: return graph.Add(new AveragePool(pool, (Divisor)random.Next(3)), x);
            default:
                var groups = x.Type[0] % 2 == 0 && random.Next(2) == 0 ? 2 : 1;
                return graph.Add(new Convolution(window, groups), x, Parameter(graph, name, [groups * (1 + random.Next(4)), x.Type[0] / groups, window.KernelHeight, window.KernelWidth], ParameterKind.ConvolutionWeight));
        }
    }

    /// <summary>A word with parameters of its own; a variance is positive.</summary>
    private Node Layer(GraphBuilder graph, string name, string word, Node x, (string, object)[] mode, params (string, object)[] arguments) =>
        new TestCall(graph, word, x, [.. mode, .. arguments])
        {
            Make = (suffix, shape) => Parameter(graph, $"{name}{word}.{suffix}", shape) is var made && suffix == "running_var" ? graph.Add(new Add(), graph.Add(new Square(), made), graph.Add(Constant.Of(0.1))) : made,
        }.Apply();

    private Node Dense(GraphBuilder graph, Node x, int units, string name) =>
        graph.Add(new Einsum([0], [0, 1], [1]), x, Parameter(graph, name, [x.Type[0], units], ParameterKind.DenseWeight));

    private Node Parameter(GraphBuilder graph, string name, int[] shape, ParameterKind kind = ParameterKind.Plain)
    {
        var full = $"{name}{kind}{string.Join("x", shape)}";
        if (_parameters.All(p => p.Name != full))
            _parameters.Add(new GraphParameter(full, "", shape.ToEquatable(), kind, Kiln.Generators.Graph.Initializer.Default, 1, 1, 1, true, 0, 0));
        return graph.Add(new ParameterRead(full, shape.ToEquatable()));
    }
}
