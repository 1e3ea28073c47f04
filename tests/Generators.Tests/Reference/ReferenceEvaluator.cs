using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Reference;

/// <summary>
/// What a graph means: slow, obvious, in double precision. Values are row-major; a batched one has its rows one after the
/// other. All rows are live. Labels are whole numbers held as doubles.
/// </summary>
/// <param name="rows">The number of samples.</param>
internal sealed class ReferenceEvaluator(int rows)
{
    private Graph.Graph _graph = new([], []);
    private double[][] _values = [];

    /// <summary>By the index of <see cref="InputRead"/>: rows × elements.</summary>
    public Dictionary<int, double[]> Inputs { get; } = [];

    /// <summary>By name, in the graph's axes order.</summary>
    public Dictionary<string, double[]> Parameters { get; } = [];

    /// <summary>The draws by the stream's name: rows × elements, or elements where the draw has no batch axis.</summary>
    public Dictionary<string, double[]> Draws { get; } = [];

    /// <summary>Gives draws that <see cref="Draws"/> lacks.</summary>
    public Func<RandomDraw, double[]>? Draw { get; set; }

    /// <summary>The value of every node.</summary>
    public double[][] Run(Graph.Graph graph)
    {
        _graph = graph;
        _values = new double[graph.Nodes.Count][];
        foreach (var node in graph.Nodes) _values[node.Id] = Evaluate(node);
        return _values;
    }

    /// <summary>The values of the outputs of a role, by name.</summary>
    public IReadOnlyDictionary<string, double[]> Outputs(Graph.Graph graph, Role role)
    {
        var values = Run(graph);
        return graph.Outputs.Where(o => o.Role == role).ToDictionary(o => o.Name, o => values[o.Node]);
    }

    private double[] Evaluate(Node node) => node.Operator switch
    {
        InputRead read => Inputs[read.Index],
        ParameterRead read => Parameters[read.Name],
        Constant constant => [.. constant.Values.Select(v => (double)v)],
        LiveRows => [rows],
        RandomDraw draw => Draws.TryGetValue(draw.Stream, out var given) ? given : Draws[draw.Stream] = (Draw ?? throw new InvalidOperationException("no draws given"))(draw),
        Pointwise op => EachElement(node, op.Element([.. node.Inputs.Select((_, k) => (Scalar)new Operand(k))])),
        Reshape => Each(node, (row, i) => In(node, 0, row, Flat(i, node.Type.Shape))),
        Transpose op => Each(node, (row, i) => In(node, 0, row, Flat(Inverse(op.Axes, i), Type(node, 0).Shape))),
        Slice op => Each(node, (row, i) => In(node, 0, row, Flat(With(i, op.Axis, i[op.Axis] + op.Start), Type(node, 0).Shape))),
        Pad op => Each(node, (row, i) => i[op.Axis] - op.Before is var at && at >= 0 && at < Type(node, 0)[op.Axis] ? In(node, 0, row, Flat(With(i, op.Axis, at), Type(node, 0).Shape)) : 0),
        Broadcast => Each(node, (row, i) => Broadcasted(node, 0, row, i)),
        Concat op => Each(node, (row, i) => ConcatAt(node, op.Axis, row, i)),
        Reduce op => Each(node, (row, i) => ReduceAt(node, op, row, i)),
        MaxMask op => Each(node, (row, i) => FirstMaximum(node, op.Axes, row, i) == Flat(i, node.Type.Shape) ? 1 : 0),
        BatchSum => Each(node, (_, i) => Enumerable.Range(0, rows).Sum(row => In(node, 0, row, Flat(i, node.Type.Shape)))),
        ArgMaxIndex => Each(node, (row, i) => ArgMax(node, row, Flat(i, node.Type.Shape))),
        OneHotOf => Each(node, (row, i) => In(node, 0, row, Flat(i[..^1], Type(node, 0).Shape)) == i[^1] ? 1 : 0),
        Einsum op => ReferenceContractions.Einsum(op, node.Type, Type(node, 0), Type(node, 1), rows, (k, row, i) => In(node, k, row, i)),
        Convolution or ConvolutionDataGradient or ConvolutionWeightGradient => ReferenceContractions.Convolve(node.Operator, node.Type, Type(node, 0), Type(node, 1), rows, _values[node.Inputs[0]], _values[node.Inputs[1]]),
        MaxPool or MaxPoolGradient or MaxPoolGather or AveragePool or AveragePoolGradient => ReferencePooling.Pool(node.Operator, node.Type, Type(node, 0), rows, (k, row, i) => In(node, k, row, i)),
        _ => throw new NotSupportedException($"no reference for {node.Operator}"),
    };

    private TensorType Type(Node node, int input) => _graph[node.Inputs[input]].Type;

    /// <summary>Element i of an input's row; the same for every row where it has no batch axis.</summary>
    private double In(Node node, int input, int row, int i) => Type(node, input) is var type && type.Batched
        ? _values[node.Inputs[input]][row * type.Length + i] : _values[node.Inputs[input]][i];

    private double[] Each(Node node, Func<int, int[], double> element)
    {
        var result = new double[(node.Type.Batched ? rows : 1) * node.Type.Length];
        for (var i = 0; i < result.Length; i++) result[i] = element(i / node.Type.Length, Index(i % node.Type.Length, node.Type.Shape));
        return result;
    }

    private double[] EachElement(Node node, Scalar element)
    {
        var result = new double[(node.Type.Batched ? rows : 1) * node.Type.Length];
        // Where each element finds its operands in a row.
        var places = node.Inputs.Select((_, k) => Type(node, k).Shape == node.Type.Shape ? null
            : Enumerable.Range(0, node.Type.Length).Select(i => BroadcastPlace(Type(node, k), Index(i, node.Type.Shape))).ToArray()).ToArray();
        var strides = node.Inputs.Select((_, k) => Type(node, k) is { Batched: true } type ? type.Length : 0).ToArray();
        var operands = node.Inputs.Select(id => _values[id]).ToArray();
        var (row, at) = (0, 0);
        Func<int, double> operand = k => operands[k][row * strides[k] + (places[k] is { } own ? own[at] : at)];
        for (var i = 0; i < result.Length; i++)
        {
            (row, at) = (i / node.Type.Length, i % node.Type.Length);
            result[i] = ScalarEvaluator.Evaluate(element, operand);
        }
        return result;
    }

    private double Broadcasted(Node node, int input, int row, int[] i)
    {
        var type = Type(node, input);
        if (type.Shape == node.Type.Shape) return In(node, input, row, Flat(i, type.Shape));
        return In(node, input, row, BroadcastPlace(type, i));
    }

    private static int BroadcastPlace(TensorType type, int[] i) => Flat([.. i[^type.Rank..].Select((at, axis) => type[axis] == 1 ? 0 : at)], type.Shape);

    private double ConcatAt(Node node, int axis, int row, int[] i)
    {
        var at = i[axis];
        for (var part = 0; ; part++)
        {
            var type = Type(node, part);
            if (at < type[axis]) return In(node, part, row, Flat(With(i, axis, at), type.Shape));
            at -= type[axis];
        }
    }

    private double ReduceAt(Node node, Reduce op, int row, int[] i)
    {
        var kept = 0;
        var type = Type(node, 0);
        var first = Enumerable.Range(0, type.Rank).Select(axis => op.Axes.Contains(axis) ? 0 : i[kept++]).ToArray();
        var values = Along(op.Axes, type, first).Select(e => In(node, 0, row, e));
        return op.Kind == Reduction.Sum ? values.Sum() : values.Aggregate((best, v) => ScalarEvaluator.IsAbove(v, best) ? v : best);
    }

    private int FirstMaximum(Node node, EquatableArray<int> axes, int row, int[] i)
    {
        var best = -1;
        foreach (var e in Along(axes, node.Type, i))
            if (best < 0 || ScalarEvaluator.IsAbove(In(node, 0, row, e), In(node, 0, row, best))) best = e;
        return best;
    }

    /// <summary>The elements that differ from the given one in these axes at most, in ascending order.</summary>
    private static IEnumerable<int> Along(EquatableArray<int> axes, TensorType type, int[] i)
    {
        var ascending = axes.Order().ToArray();
        var sizes = ascending.Select(axis => type[axis]).ToEquatable();
        for (var e = 0; e < sizes.Aggregate(1, (n, d) => n * d); e++)
        {
            int[] index = [.. i];
            foreach (var (axis, at) in ascending.Zip(Index(e, sizes))) index[axis] = at;
            yield return Flat(index, type.Shape);
        }
    }

    private int ArgMax(Node node, int row, int group)
    {
        var (classes, best) = (Type(node, 0).Shape.Items[^1], 0);
        for (var k = 1; k < classes; k++)
            if (ScalarEvaluator.IsAbove(In(node, 0, row, group * classes + k), In(node, 0, row, group * classes + best))) best = k;
        return best;
    }

    private static int[] Inverse(EquatableArray<int> axes, int[] i)
    {
        var result = new int[i.Length];
        for (var k = 0; k < i.Length; k++) result[axes[k]] = i[k];
        return result;
    }

    private static int[] With(int[] i, int axis, int at)
    {
        int[] result = [.. i];
        result[axis] = at;
        return result;
    }

    internal static int[] Index(int flat, EquatableArray<int> shape)
    {
        var index = new int[shape.Count];
        for (var axis = shape.Count - 1; axis >= 0; axis--) (flat, index[axis]) = (flat / shape[axis], flat % shape[axis]);
        return index;
    }

    internal static int Flat(int[] index, EquatableArray<int> shape)
    {
        var flat = 0;
        for (var axis = 0; axis < shape.Count; axis++) flat = flat * shape[axis] + index[axis];
        return flat;
    }
}
