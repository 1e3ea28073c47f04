using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>Where every parameter of a network lies: matrices that enter contractions in panels, the rest flat.</summary>
internal static class ParameterPlacement
{
    public static EquatableArray<StoredParameter> Of(Network network, IEnumerable<Graph.Graph> graphs)
    {
        var matrices = new HashSet<string>(graphs.SelectMany(MatrixParameters));
        var placed = new List<StoredParameter>();
        var offset = 0;
        foreach (var parameter in network.Parameters)
        {
            var storage = parameter.Kind switch
            {
                ParameterKind.DenseWeight => ParameterStorage.TransposedPanels,
                ParameterKind.ConvolutionWeight => ParameterStorage.ConvolutionPanels,
                _ when parameter.Shape.Count == 2 && matrices.Contains(parameter.Name) => ParameterStorage.Panels,
                _ => ParameterStorage.Flat,
            };
            var (k, m) = Matrix(parameter, storage);
            var floats = storage == ParameterStorage.Flat ? Sizes.Round16(parameter.Length) : Sizes.Panels(k, m);
            placed.Add(new StoredParameter(parameter, storage, offset, floats));
            offset = checked(offset + floats);
        }
        return placed.ToEquatable();
    }

    /// <summary>The K×M matrix a parameter is in panels.</summary>
    public static (int K, int M) Matrix(Parameter parameter, ParameterStorage storage) => storage switch
    {
        ParameterStorage.Flat => (0, 0),
        ParameterStorage.ConvolutionPanels => (parameter.Length / parameter.Shape[0], parameter.Shape[0]),
        _ => (parameter.Shape[0], parameter.Shape[1]),
    };

    /// <summary>Parameters that are the matrix of a dense product, directly or transposed.</summary>
    private static IEnumerable<string> MatrixParameters(Graph.Graph graph) =>
        from node in graph.Nodes
        where node.Operator is Einsum
        from input in node.Inputs
        let operand = graph[input].Operator is Transpose ? graph[graph[input].Inputs[0]] : graph[input]
        where operand.Operator is ParameterRead
        select ((ParameterRead)operand.Operator).Name;
}
