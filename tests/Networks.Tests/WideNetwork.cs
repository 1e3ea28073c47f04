using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using GraphParameter = Kiln.Generators.Graph.Parameter;

namespace Networks.Tests;

/// <summary>
/// Images of many channels: residual blocks with scales per channel, a block of parallel paths joined along the channels, pools
/// between them, sums over the pixels. What Channels does in one pass over memory is all there.
/// </summary>
internal sealed class WideNetwork
{
    private readonly List<GraphParameter> _parameters = [];

    public WideNetwork(int channels, int height, int width)
    {
        var input = new Input("x", InputKind.Tensor, [channels, height, width], 0, false, true, 1, 0);
        Network = new Network(new ClassInfo("Wide", [], "internal", $"Net{channels}x{height}x{width}", true), [], []);
        var predict = Program("Predict", ProgramKind.Predict, graph => [new(Role.Prediction, "y", Body(graph, input.Shape).Id)]);
        var learn = Program("Learn", ProgramKind.Learn, graph =>
        {
            var y = Body(graph, input.Shape);
            return [new(Role.Loss, "", graph.Add(new Reduce(Reduction.Sum, [0]), graph.Add(new Square(), y)).Id)];
        });
        Network = Network with { Parameters = _parameters.ToEquatable(), Programs = [predict, learn] };

        Program Program(string name, ProgramKind kind, Func<GraphBuilder, Output[]> build)
        {
            var graph = new GraphBuilder();
            var outputs = build(graph);
            EquatableArray<string> trained = kind == ProgramKind.Learn ? graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>().Select(p => p.Name).Distinct().ToEquatable() : [];
            return new Program(name, 0, kind, "", [input], trained, graph.Build(outputs));
        }
    }

    public Network Network { get; }

    private Node Body(GraphBuilder graph, EquatableArray<int> shape)
    {
        var x = graph.Add(new InputRead(0, TensorType.Float(true, shape)));
        x = graph.Add(new Relu(), PerChannel(graph, "stem", Convolve(graph, x, 32, 3, "stem")));

        // Residual: relu(conv(relu(conv)) + shift + x).
        var path = graph.Add(new Relu(), PerChannel(graph, "first", Convolve(graph, x, 32, 3, "first")));
        path = PerChannel(graph, "second", Convolve(graph, path, 32, 3, "second"), scaled: false);
        x = graph.Add(new Relu(), graph.Add(new Add(), path, x));

        // Two convolutions, added: each with its own scale and shift, or bare.
        x = graph.Add(new Relu(), graph.Add(new Add(), PerChannel(graph, "deep", Convolve(graph, x, 32, 3, "deep")), PerChannel(graph, "short", Convolve(graph, x, 32, 1, "short"))));
        x = graph.Add(new Add(), Convolve(graph, x, 32, 1, "left"), Convolve(graph, x, 32, 1, "right"));
        x = graph.Add(new MaxPool(new WindowGeometry(3, 3, 2, 2, 1, 1, 1, 1)), x);

        // Parallel paths: convolutions with their ReLU, a bare one, the pooled image itself; the last part has odd channels.
        var one = graph.Add(new Relu(), PerChannel(graph, "one", Convolve(graph, x, 16, 1, "one")));
        var three = Convolve(graph, graph.Add(new Relu(), Convolve(graph, x, 20, 1, "reduce")), 48, 3, "three");
        var pooled = graph.Add(new AveragePool(new WindowGeometry(3, 3, 1, 1, 1, 1, 1, 1)), x);
        var last = graph.Add(new Tanh(), Convolve(graph, pooled, 19, 1, "last"));
        x = graph.Add(new Concat(0), one, three, pooled, last);

        x = graph.Add(new Relu(), Convolve(graph, x, 40, 3, "after", stride: 2));
        x = graph.Add(new Reduce(Reduction.Sum, [1, 2]), x);
        return graph.Add(new Einsum([0], [0, 1], [1]), x, Parameter(graph, "head", [40, 5], ParameterKind.DenseWeight));
    }

    private Node Convolve(GraphBuilder graph, Node x, int channels, int kernel, string name, int stride = 1)
    {
        var padding = kernel / 2;
        return graph.Add(new Convolution(new WindowGeometry(kernel, kernel, stride, stride, padding, padding, padding, padding)), x,
            Parameter(graph, name, [channels, x.Type[0], kernel, kernel], ParameterKind.ConvolutionWeight));
    }

    /// <summary>x · scale + shift, as normalisation at inference is.</summary>
    private Node PerChannel(GraphBuilder graph, string name, Node x, bool scaled = true)
    {
        Node Numbers(string what) => graph.Add(new Reshape([x.Type[0], 1, 1]), Parameter(graph, $"{name}.{what}", [x.Type[0]], ParameterKind.Plain));
        return graph.Add(new Add(), scaled ? graph.Add(new Multiply(), x, Numbers("scale")) : x, Numbers("shift"));
    }

    private Node Parameter(GraphBuilder graph, string name, int[] shape, ParameterKind kind)
    {
        if (_parameters.All(p => p.Name != name))
            _parameters.Add(new GraphParameter(name, "", shape.ToEquatable(), kind, Kiln.Generators.Graph.Initializer.Default, 1, 1, 1, true, 0, 0));
        return graph.Add(new ParameterRead(name, shape.ToEquatable()));
    }
}
