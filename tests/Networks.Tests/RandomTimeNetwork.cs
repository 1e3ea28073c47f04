using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using Kiln.Generators.Tests.Operators;
using GraphParameter = Kiln.Generators.Graph.Parameter;

namespace Networks.Tests;

/// <summary>
/// A network over time made by chance: chains of functions of each step, recurrences forwards and backwards, reductions over time, shifts, embeddings, attention,
/// loops within loops, on vectors of odd sizes. A prediction and one or two Learn programs over the same parameters; some keep a state from call to call.
/// </summary>
internal sealed class RandomTimeNetwork
{
    /// <summary>The steps of most values, and of another source in some networks.</summary>
    private static readonly TimeAxis T = new("t"), S = new("s"), Again = new("t", Copy: 1);

    private const int Classes = 5, Tokens = 0, X = 1, Z = 2, Source = 3;

    private readonly List<GraphParameter> _parameters = [];
    private readonly Input[] _inputs;
    private readonly State? _state;
    private readonly HashSet<string> _kinds = [];
    private readonly int _seed;

    public RandomTimeNetwork(int seed)
    {
        _seed = seed;
        var random = new Random(seed);
        _inputs =
        [
            new("tokens", InputKind.Labels, [], Classes, false, false, 1, 0) { Time = [T] },
            new("x", InputKind.Tensor, [1 + random.Next(20)], 0, false, random.Next(4) == 0, 0.01f, 100) { Time = [T] },
            new("z", InputKind.Tensor, [1 + random.Next(20)], 0, random.Next(2) == 0, false, 1, 0),
            new("source", InputKind.Tensor, [1 + random.Next(9)], 0, false, false, 1, 0) { Time = [S] },
        ];
        _inputs = _inputs[..(random.Next(3) == 0 ? 4 : 3)];
        _state = random.Next(3) == 0 ? new("memory", [1 + random.Next(20)], 0) : null;
        var programs = new List<Program> { Predict() };
        for (var i = 0; i <= random.Next(2); i++) programs.Add(Learn($"Learn{i}", i));
        Network = new Network(new ClassInfo("Random", [], "internal", $"TimeNet{seed}", true), _parameters.ToEquatable(), programs.ToEquatable()) { States = _state is null ? [] : [_state] };
    }

    public Network Network { get; }

    /// <summary>What was drawn.</summary>
    public HashSet<string> Kinds => _kinds;

    private Program Predict()
    {
        var graph = new GraphBuilder();
        var (x, memory) = Body(graph, 0);
        var outputs = new List<Output>
        {
            new(Role.Prediction, "y", x.Id), new(Role.Prediction, "best", graph.Add(new ArgMaxIndex(), x).Id), new(Role.Prediction, "most", graph.MaxOverTime(T, x).Id),
            new(Role.Prediction, "mean", graph.MeanOverTime(T, x).Id), new(Role.Prediction, "half", graph.Add(new EveryStep(T, 2), x).Id),
        };
        if (memory is not null) outputs.Add(new(Role.State, _state!.Name, memory.Id));
        return new Program("Predict", 0, ProgramKind.Predict, "", _inputs.ToEquatable(), [], graph.Build(outputs));
    }

    private Program Learn(string name, int number)
    {
        var graph = new GraphBuilder();
        var (x, memory) = Body(graph, number);
        var logits = Dense(graph, x, Classes, "logits");
        var perStep = TestCall.Of(graph, "CrossEntropy", logits, ("labels", new LabelsValue(Read(graph, Tokens), Classes)));
        var pooled = graph.MeanOverTime(T, graph.Add(new Tanh(), x));
        var loss = graph.Add(new Add(), graph.MeanOverTime(T, perStep), Mean(graph, graph.Add(new Square(), pooled)));
        if (_seed % 3 == 0)
        {
            // Half of the tokens, so that most samples have steps enough.
            _kinds.Add("ctc");
            var scores = Dense(graph, x, Classes + 1, "scores");
            loss = graph.Add(new Add(), loss, graph.Scale(graph.Add(new CtcLoss(Classes, SkipInfeasible: true), scores, graph.Add(new EveryStep(T, 2), Read(graph, Tokens))), 0.1));
        }
        var outputs = new List<Output> { new(Role.Loss, "", loss.Id), new(Role.Monitor, "size", Mean(graph, graph.Add(new Abs(), pooled)).Id) };
        if (memory is not null) outputs.Add(new(Role.State, _state!.Name, memory.Id));
        var trained = graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>().Select(p => p.Name).Distinct();
        return new Program(name, 0, ProgramKind.Learn, "", _inputs.ToEquatable(), trained.ToEquatable(), graph.Build(outputs));
    }

    /// <summary>The last value of the trunk, a vector for each step, and what the state becomes. Parameters are shared between programs where names meet.</summary>
    private (Node X, Node? Memory) Body(GraphBuilder graph, int number)
    {
        var random = new Random(_seed * 31 + number);
        var values = new List<Node> { Read(graph, X) };
        Node? memory = null;
        if (_state is not null)
        {
            var (states, last) = graph.Rnn("memory", T, values[0], graph.Add(new StateRead(_state.Name, _state.Shape)), Weights(graph, "memory", 1, values[0].Type[0], _state.Length), new Tanh());
            memory = last[0];
            values.Add(states[0]);
        }
        for (var step = 0; step < 2 + random.Next(6); step++)
        {
            var x = values[values.Count - (values.Count > 1 && random.Next(4) == 0 ? 2 : 1)];
            if (Next(graph, random, x, values, $"p{step}") is { } y && y.Type.Length <= 60) values.Add(y);
        }
        return (values[^1], memory);
    }

    private Node? Next(GraphBuilder graph, Random random, Node x, List<Node> values, string name)
    {
        var (units, kind, size, backward) = (1 + random.Next(24), random.Next(33), x.Type[0], random.Next(2) == 0);
        switch (kind)
        {
            case 0: return Made("step", graph.Add(new Tanh(), x));
            case 1: return Made("step", graph.Add(new Sigmoid(), graph.Add(new Subtract(), x, graph.Add(Constant.Of(0.1)))));
            case 2: return Made("step", TestCall.Of(graph, "Softmax", x, ("axis", 0), ("temperature", 0.8)));
            case 3: return Made("step", graph.Add(new Multiply(), x, Parameter(graph, name, [size])));
            case 4 when size > 1: return Made("slice", graph.Add(new Slice(0, random.Next(2), size - 1), x));
            case 5: return Made("concat", graph.Add(new Concat(0), x, graph.Add(new Negate(), values[0])));
            case 7:
                // Each step attends to all steps, those after it too.
                var all = graph.Add(new RenameAxis(T, Again), Dense(graph, x, units, name + "key"));
                return Made("self-attention", graph.Attention(Dense(graph, x, units, name + "query"), all, all, Again));
            case 6: return Made("dense", Dense(graph, x, 1 + random.Next(50), name));
            case 8: return Made("image", Image(graph, x, name));
            case 32: return Made("input beside the state", graph.Scan(name, T, [graph.Fill(0, [units])], h => [graph.Add(new Tanh(), Dense(graph, graph.Add(new Concat(0), x, h[0]), units, name))], backward).States[0]);
            case 29: return Made("draw", graph.Add(new Add(), x, graph.Add(new RandomDraw(random.Next(2) == 0 ? Distribution.Uniform : Distribution.Normal, name, true, [size]) { Time = random.Next(3) == 0 ? [] : [T] })));
            case 9: return Made("number of the step", graph.Add(new Add(), x, graph.Scale(graph.Add(new StepNumber(T)), 0.1)));
            case 10: return Made("constant over time", graph.Add(new Add(), x, Dense(graph, Read(graph, Z), size, name)));
            case 11: return Made("embedding", graph.Add(new Add(), x, graph.Add(new GatherRows(), Parameter(graph, name, [Classes, size]), Read(graph, Tokens))));
            case 12: return Made("one-hot", graph.Add(new Concat(0), x, graph.Add(new OneHotOf(Classes), Read(graph, Tokens))));
            case 13: return Made("shift", graph.Add(new ShiftTime(T, random.Next(7) - 3), x));
            case 14: return Made("reverse", graph.Add(new ReverseTime(T), x));
            case 15: return Made("mean over time", graph.Add(new Subtract(), x, graph.MeanOverTime(T, x)));
            case 16: return Made("maximum over time", graph.Add(new Subtract(), x, graph.Add(new StopGradient(), graph.MaxOverTime(T, x))));
            case 17:
                // Centred by the mean over the live steps of the batch.
                var sum = graph.Add(new BatchSum(), graph.WhereLive(T, x, graph.Number(0)));
                return Made("mean over the batch", graph.Add(new Subtract(), x, graph.Add(new Divide(), sum, graph.Add(new BatchSum(), graph.Add(new Lengths(T))))));
            case 18:
                var half = T with { Stride = 2 };
                var every = graph.Add(new Tanh(), Dense(graph, graph.Add(new EveryStep(T, 2), x), size, name));
                return Made("every second step", graph.Add(new Add(), x, random.Next(2) == 0 ? graph.MeanOverTime(half, every) : graph.Add(new SpreadSteps(T, 2), graph.WhereLive(half, every, graph.Number(0)))));
            case 19: return Made("sum so far", graph.Scan(name, T, [graph.Fill(0.5, [size])], h => [graph.Add(new Add(), graph.Scale(h[0], 0.9), x)], backward).States[0]);
            case 20: return Made("delay", graph[graph.Scan(name, T, [Dense(graph, Read(graph, Z), size, name)], _ => [x], backward).States[0].Inputs[0]]);
            case 21: return Made("rnn", graph.Rnn(name, T, x, graph.Fill(0, [units]), Weights(graph, name, 1, size, units), new Relu(), backward).States[0]);
            case 22 or 23:
                var lstm = graph.Lstm(name, T, x, graph.Fill(0, [units]), random.Next(2) == 0 ? graph.Fill(0, [units]) : Dense(graph, Read(graph, Z), units, name), Weights(graph, name, 4, size, units), backward);
                return Made("lstm", random.Next(2) == 0 ? lstm.States[0] : graph.Add(new Concat(0), lstm.States[0], lstm.Last[1]));
            case 24: return Made("gru", graph.Gru(name, T, x, Parameter(graph, name + "h0", [units]), Weights(graph, name, 3, size, units), backward).States[0]);
            case 25 or 26 when _inputs.Length > Source:
                var (keys, weights) = (graph.Add(new Tanh(), Dense(graph, Read(graph, Source), units, name + "key")), Weights(graph, name, 1, units, units));
                var own = Dense(graph, x, units, name + "own");
                return Made("attention", graph.Scan(name, T, [graph.MeanOverTime(S, keys)], h =>
                    [graph.Add(new Tanh(), graph.Add(new Add(), own, graph.Affine(graph.Attention(h[0], keys, keys, S), weights[1], weights[3])))]).States[0]);
            case 27 or 28 when _inputs.Length > Source:
                var (inner, outer) = (Dense(graph, Read(graph, Source), units, name + "in"), Weights(graph, name + "out", 1, units, units));
                var steps = Dense(graph, x, units, name + "own");
                return Made("loop in a loop", graph.Scan(name, T, [graph.Fill(0, [units])], h =>
                {
                    var within = graph.Scan(name + "inner", S, [h[0]], state => [graph.Add(new Tanh(), graph.Add(new Add(), graph.Affine(state[0], outer[1], outer[3]), inner))], backward, T);
                    return [graph.Add(new Tanh(), graph.Add(new Add(), graph.Add(new Add(), within.Last[0], graph.MeanOverTime(S, within.States[0])), steps))];
                }).States[0]);
            case 30 or 31:
                // Along the elements of a step, each a step of its own.
                var elements = new TimeAxis(name, Fixed: size);
                var (cells, across) = (graph.Add(new AxisToSteps(elements, 1), graph.Add(new Reshape([size, 1]), x)), Weights(graph, name, 1, 1, units));
                var along = graph.Scan(name, elements, [graph.Fill(0, [units])], h => [graph.Add(new Tanh(), graph.Add(new Add(), graph.Affine(h[0], across[1], across[3]), graph.Affine(cells, across[0])))], backward, T).States[0];
                return Made("loop along an axis", graph.Mean(graph.Add(new StepsToAxis(elements), along), [1]));
            default: return null;
        }
    }

    private Node Made(string kind, Node value)
    {
        _kinds.Add(kind);
        return value;
    }

    /// <summary>Each step as a line of pixels: a convolution, and the greater of neighbours.</summary>
    private Node Image(GraphBuilder graph, Node x, string name)
    {
        var line = graph.Add(new Reshape([1, 1, x.Type[0]]), x);
        var convolved = graph.Add(new Convolution(new WindowGeometry(1, 3, 1, 1, 0, 1, 0, 1, 1, 1)), line, Parameter(graph, name, [2, 1, 1, 3], ParameterKind.ConvolutionWeight));
        var pooled = x.Type[0] > 1 ? graph.Add(new MaxPool(new WindowGeometry(1, 2, 1, 2, 0, 0, 0, 0)), convolved) : convolved;
        return graph.Add(new Reshape([pooled.Type.Length]), pooled);
    }

    private Node Read(GraphBuilder graph, int index) =>
        graph.Add(new InputRead(index, new TensorType(_inputs[index].Kind == InputKind.Labels ? DType.Int32 : DType.Float32, true, _inputs[index].Shape) { Time = _inputs[index].Time }));

    private static Node Mean(GraphBuilder graph, Node x) => graph.Mean(x, [.. Enumerable.Range(0, x.Type.Rank)]);

    private Node Dense(GraphBuilder graph, Node x, int units, string name) =>
        graph.Add(new Einsum([0], [0, 1], [1]), x, Parameter(graph, name, [x.Type[0], units], ParameterKind.DenseWeight));

    /// <summary>As the layers have them: matrices [inputs, units].</summary>
    private Node[] Weights(GraphBuilder graph, string name, int gates, int inputs, int units) =>
    [
        graph.Add(new Transpose([1, 0]), Parameter(graph, name + "weight", [inputs, gates * units], ParameterKind.DenseWeight)),
        graph.Add(new Transpose([1, 0]), Parameter(graph, name + "recurrent", [units, gates * units], ParameterKind.DenseWeight)),
        Parameter(graph, name + "bias", [gates * units], ParameterKind.Bias), Parameter(graph, name + "recurrentBias", [gates * units], ParameterKind.Bias),
    ];

    private Node Parameter(GraphBuilder graph, string name, int[] shape, ParameterKind kind = ParameterKind.Plain)
    {
        var full = $"{name}{kind}{string.Join("x", shape)}";
        if (_parameters.All(p => p.Name != full))
            _parameters.Add(new GraphParameter(full, "", shape.ToEquatable(), kind, Kiln.Generators.Graph.Initializer.Default, 1, 1, 1, true, 0, 0));
        return graph.Add(new ParameterRead(full, shape.ToEquatable()));
    }
}
