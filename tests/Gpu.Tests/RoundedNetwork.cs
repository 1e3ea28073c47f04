using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;
using GraphParameter = Kiln.Generators.Graph.Parameter;

namespace Gpu.Tests;

/// <summary>Each kind of product, in TensorFloat32: a convolution, a layer over several rows of a sample, a product of two values of a sample, a layer; in Learn their gradients.</summary>
internal static class RoundedNetwork
{
    public static Network Create()
    {
        var parameters = new List<GraphParameter>();
        Input[] inputs = [new("x", InputKind.Tensor, [3, 6, 7], 0, false, false, 1, 0)];
        var predict = Program("Predict", ProgramKind.Predict, graph => [new(Role.Prediction, "y", Body(graph).Id)]);
        var learn = Program("Learn", ProgramKind.Learn, graph => [new(Role.Loss, "", graph.Add(new Reduce(Reduction.Sum, [0]), graph.Add(new Square(), Body(graph))).Id)]);
        return new(new ClassInfo("Rounded", [], "internal", "Net", true), parameters.ToEquatable(), [predict, learn]) { Precision = Precision.TensorFloat32 };

        Program Program(string name, ProgramKind kind, Func<GraphBuilder, Output[]> build)
        {
            var graph = new GraphBuilder();
            var outputs = build(graph);
            EquatableArray<string> trained = kind == ProgramKind.Learn ? graph.Nodes.Select(n => n.Operator).OfType<ParameterRead>().Select(p => p.Name).Distinct().ToEquatable() : [];
            return new(name, 0, kind, "", inputs.ToEquatable(), trained, graph.Build(outputs));
        }

        Node Body(GraphBuilder graph)
        {
            var x = graph.Add(new InputRead(0, TensorType.Float(true, [3, 6, 7])));
            x = graph.Add(new Convolution(new WindowGeometry(3, 3, 1, 1, 0, 0, 0, 0)), x, Parameter(graph, "kernel", [4, 3, 3, 3], ParameterKind.ConvolutionWeight));
            x = graph.Add(new Tanh(), graph.Add(new Reshape([16, 5]), x));
            x = graph.Add(new Einsum([0, 1], [1, 2], [0, 2]), x, Parameter(graph, "rows", [5, 7], ParameterKind.Plain));
            x = graph.Add(new Einsum([0, 1], [0, 2], [1, 2]), x, x);
            return graph.Add(new Einsum([0], [0, 1], [1]), graph.Add(new Tanh(), graph.Add(new Reshape([49]), x)), Parameter(graph, "layer", [49, 6], ParameterKind.DenseWeight));
        }

        Node Parameter(GraphBuilder graph, string name, int[] shape, ParameterKind kind)
        {
            if (parameters.All(p => p.Name != name)) parameters.Add(new(name, "", shape.ToEquatable(), kind, Initializer.Default, 1, 1, 1, true, 0, 0));
            return graph.Add(new ParameterRead(name, shape.ToEquatable()));
        }
    }
}
