using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Reference;

/// <summary>
/// What a graph means: slow, obvious, in double precision. Values are row-major; a batched one has its rows one after the
/// other, and one over time the steps of each row. All rows are live. Labels are whole numbers held as doubles.
/// </summary>
/// <param name="rows">The number of samples.</param>
internal sealed class ReferenceEvaluator(int rows)
{
    private readonly ReferenceTime _time = new(rows);
    private readonly Dictionary<int, (Scalar Element, int[]?[] Places)> _elements = [];
    private readonly Dictionary<int, int[]> _sources = [];
    private Dictionary<string, int> _ends = [];
    private Graph.Graph _graph = new([], []);
    private double[]?[][] _values = [];

    /// <summary>By the index of <see cref="InputRead"/>: rows × steps × elements. Steps after a sample's end are not read.</summary>
    public Dictionary<int, double[]> Inputs { get; } = [];

    /// <inheritdoc cref="ReferenceTime.Lengths"/>
    public Dictionary<string, int[]> Lengths => _time.Lengths;

    /// <inheritdoc cref="ReferenceTime.Steps"/>
    public Dictionary<string, int> Steps => _time.Steps;

    /// <summary>By name, as the call finds them: rows × elements.</summary>
    public Dictionary<string, double[]> States { get; } = [];

    /// <summary>By name, in the graph's axes order.</summary>
    public Dictionary<string, double[]> Parameters { get; } = [];

    /// <summary>The draws by the stream's name: rows × steps × elements, or elements where the draw has no batch axis.</summary>
    public Dictionary<string, double[]> Draws { get; } = [];

    /// <summary>Gives draws that <see cref="Draws"/> lacks.</summary>
    public Func<RandomDraw, double[]>? Draw { get; set; }

    /// <summary>What becomes of each operand of a product or a convolution first; null where they stay as they are.</summary>
    public Func<double, double>? Operand { get; set; }

    /// <summary>The elements of a value of all samples and steps.</summary>
    public int Count(TensorType type) => _time.Places(type) * type.Length;

    /// <summary>The value of every node.</summary>
    public double[][] Run(Graph.Graph graph)
    {
        _time.Count();
        if (!ReferenceEquals(graph, _graph)) Enter(graph);
        _values = [.. graph.Nodes.Select(n => new double[]?[_time.Places(n.Type)])];
        return [.. graph.Nodes.Select(n => Enumerable.Range(0, _values[n.Id].Length).Select(place => Value(n.Id, place)).ToArray() is [var single] ? single : Joined(_values[n.Id]!))];
    }

    /// <summary>What is found once for a graph serves all runs of it: differences run the same one hundreds of times.</summary>
    private void Enter(Graph.Graph graph)
    {
        _graph = graph;
        _elements.Clear();
        _sources.Clear();
        _ends = graph.Nodes.Where(n => n.Operator is NextState).ToDictionary(n => ((NextState)n.Operator).Loop, n => n.Id);
    }

    /// <summary>The values of the outputs of a role, by name.</summary>
    public IReadOnlyDictionary<string, double[]> Outputs(Graph.Graph graph, Role role)
    {
        var values = Run(graph);
        return graph.Outputs.Where(o => o.Role == role).ToDictionary(o => o.Name, o => values[o.Node]);
    }

    /// <summary>A value at one place: computed from others at theirs when it is first asked for. A recurrence asks for the step before.</summary>
    private double[] Value(int id, int place) => _values[id][place] ??= Evaluate(_graph[id], place);

    private double[] Evaluate(Node node, int place) => node.Operator switch
    {
        InputRead read => Part(Inputs[read.Index], node.Type, LiveInput(node.Type, place)),
        ParameterRead read => Parameters[read.Name],
        StateRead read => Part(States[read.Name], node.Type, place),
        Constant constant => [.. constant.Values.Select(v => (double)v)],
        LiveRows => [rows],
        Lengths op => [_time.LengthOf(op.Axis, place)],
        StepNumber op => [_time.Step(node.Type, place, op.Axis)],
        RandomDraw draw => Part(Draws.TryGetValue(draw.Stream, out var given) ? given : Draws[draw.Stream] = (Draw ?? throw new InvalidOperationException("no draws given"))(draw), node.Type, place),
        Temporal op => InTime(node, op, place),
        _ => !node.Type.Batched && node.Inputs.Any(id => _graph[id].Type.Batched) ? SumOverPlaces(node) : Compute(node, Operands(node, node.Type, place)),
    };

    private static double[] Part(double[] all, TensorType type, int place) => all.Length == type.Length ? all : all[(place * type.Length)..((place + 1) * type.Length)];

    /// <summary>Dead steps of an input repeat the last live one.</summary>
    private int LiveInput(TensorType type, int place)
    {
        foreach (var axis in type.Time) place = _time.Move(type, place, type, axis, Math.Min(_time.Step(type, place, axis), _time.LengthOf(axis, _time.Row(type, place)) - 1));
        return place;
    }

    private double[][] Operands(Node node, TensorType type, int place)
    {
        double[][] all = [.. node.Inputs.Select(id => Value(id, _time.Move(type, place, _graph[id].Type)))];
        return Operand is { } operand && node.Operator is (Einsum or Convolution or ConvolutionDataGradient or ConvolutionWeightGradient) ? [.. all.Select(x => Array.ConvertAll(x, v => operand(v)))] : all;
    }

    /// <summary>Of operands of a batch one value that has no batch axis: the sum over all samples and steps.</summary>
    private double[] SumOverPlaces(Node node)
    {
        var types = node.Inputs.Select(id => _graph[id].Type).ToArray();
        var all = node.Type with { Batched = true, Time = TimeAxes.Common(node.Operator.ToString(), types.Select(t => t.Time)) };
        var sum = new double[node.Type.Length];
        for (var place = 0; place < _time.Places(all); place++)
        {
            var x = Operands(node, all, place);
            if (ReferenceContractions.Adds(node.Operator, node.Type, Type(node, 0), types[^1], x, sum)) continue;
            var value = Compute(node, x);
            for (var i = 0; i < sum.Length; i++) sum[i] += value[i];
        }
        return sum;
    }

    private static double[] Joined(double[][] parts)
    {
        var all = new double[parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(all, at);
            at += part.Length;
        }
        return all;
    }

    private double[] InTime(Node node, Temporal op, int place)
    {
        var (type, first, of) = (node.Type, node.Inputs[0], Type(node, 0));
        double[] At(TimeAxis axis, int step) => Value(first, _time.Move(type, place, of, axis, step));
        switch (op)
        {
            case ReduceTime reduce:
                var steps = Enumerable.Range(0, _time.StepsOf(reduce.Axis)).Select(step => At(reduce.Axis, step)).ToArray();
                return [.. Enumerable.Range(0, type.Length).Select(i => Reduced(reduce.Kind, steps.Select(step => step[i])))];
            case PreviousState state:
                var step = _time.Step(type, place, state.Axis);
                if (step == (state.Backward ? _time.StepsOf(state.Axis) - 1 : 0)) return Value(first, _time.Move(type, place, of));
                return Value(_ends[state.Loop], _time.Move(type, place, type, state.Axis, state.Backward ? step + 1 : step - 1));
            case NextState:
                return Value(node.Inputs[1], place);
            case FinalState final:
                var loop = (PreviousState)_graph[_graph[first].Inputs[0]].Operator;
                return At(final.Axis, loop.Backward ? 0 : _time.StepsOf(final.Axis) - 1);
            case ShiftTime shift:
                var (here, there) = (_time.Step(type, place, shift.Axis), _time.Step(type, place, shift.Axis) + shift.Offset);
                return IsLive(shift.Axis, here) && IsLive(shift.Axis, there) ? At(shift.Axis, there) : new double[type.Length];
            case ReverseTime reverse:
                var forward = _time.Step(type, place, reverse.Axis);
                return IsLive(reverse.Axis, forward) ? At(reverse.Axis, _time.LengthOf(reverse.Axis, _time.Row(type, place)) - 1 - forward) : new double[type.Length];
            case EveryStep every:
                return At(every.Axis, _time.Step(type, place, every.Result) * every.Stride);
            case RenameAxis rename:
                return At(rename.Axis, _time.Step(type, place, rename.Result));
            case SpreadSteps spread:
                var at = _time.Step(type, place, spread.Axis);
                return at % spread.Stride == 0 ? At(spread.Axis with { Stride = spread.Axis.Stride * spread.Stride }, at / spread.Stride) : new double[type.Length];
            case AxisToSteps split:
                var whole = Value(first, _time.Move(type, place, of));
                return whole[(_time.Step(type, place, split.Axis) * type.Length)..][..type.Length];
            case StepsToAxis join:
                return [.. Enumerable.Range(0, join.Axis.Fixed).SelectMany(step => At(join.Axis, step))];
            case CtcLoss ctc:
                var loss = ReferenceCtc.Loss(Scores(), Labels(), ctc.Blank);
                return [ctc.SkipInfeasible && double.IsPositiveInfinity(loss) ? 0 : loss];
            case CtcGradient ctc:
                var own = _time.Step(type, place, type.Time[0]);
                return IsLive(type.Time[0], own) ? ReferenceCtc.Gradient(Scores(), Labels(), ctc.Blank, own) : new double[type.Length];
            default:
                throw new NotSupportedException($"no reference for {op}");
        }

        double[][] Scores() => Live(first);
        int[] Labels() => [.. Live(node.Inputs[1]).Select(label => (int)label[0])];
        double[][] Live(int id) => _graph[id].Type is var all && all.Time[0] is var axis
            ? [.. Enumerable.Range(0, _time.LengthOf(axis, _time.Row(type, place))).Select(step => Value(id, _time.Move(type, place, all, axis, step)))] : [];
        bool IsLive(TimeAxis axis, int step) => step >= 0 && step < _time.LengthOf(axis, _time.Row(type, place));
    }

    /// <summary>What an operator makes of its operands at one place.</summary>
    private double[] Compute(Node node, double[][] x) => node.Operator switch
    {
        Pointwise op => EachElement(node, op, x),
        Reshape or BatchSum => x[0],
        Transpose op => Picked(node, x[0], i => Flat(Inverse(op.Axes, i), Type(node, 0).Shape)),
        Slice op => Picked(node, x[0], i => Flat(With(i, op.Axis, i[op.Axis] + op.Start), Type(node, 0).Shape)),
        Pad op => Picked(node, x[0], i => i[op.Axis] - op.Before is var at && at >= 0 && at < Type(node, 0)[op.Axis] ? Flat(With(i, op.Axis, at), Type(node, 0).Shape) : -1),
        Broadcast => Type(node, 0).Shape == node.Type.Shape ? x[0] : Picked(node, x[0], i => BroadcastPlace(Type(node, 0), i)),
        Concat op => Picked(node, Joined(x), i => ConcatPlace(node, x, op.Axis, i)),
        Reduce op => Reduced(node, x[0], op),
        MaxMask op => Each(node, i => FirstMaximum(node, x[0], op.Axes, i) == Flat(i, node.Type.Shape) ? 1 : 0),
        ArgMaxIndex => Each(node, i => ArgMax(node, x[0], Flat(i, node.Type.Shape))),
        OneHotOf => Each(node, i => x[0][Flat(i[..^1], Type(node, 0).Shape)] == i[^1] ? 1 : 0),
        GatherRows => Each(node, i => x[0][(int)x[1][Flat(i[..^1], Type(node, 1).Shape)] * node.Type[node.Type.Rank - 1] + i[^1]]),
        ScatterRows => Each(node, i => Enumerable.Range(0, x[1].Length).Where(k => x[1][k] == i[0]).Sum(k => x[0][k * node.Type[1] + i[1]])),
        Einsum or Convolution or ConvolutionDataGradient or ConvolutionWeightGradient => ReferenceContractions.Of(node.Operator, node.Type, Type(node, 0), Type(node, 1), x),
        MaxPool or MaxPoolGradient or MaxPoolGather or AveragePool or AveragePoolGradient => ReferencePooling.Pool(node.Operator, node.Type, Type(node, 0), x),
        _ => throw new NotSupportedException($"no reference for {node.Operator}"),
    };

    private TensorType Type(Node node, int input) => _graph[node.Inputs[input]].Type;

    private static double[] Each(Node node, Func<int[], double> element) => Each(node.Type.Length, i => element(Index(i, node.Type.Shape)));

    private static double[] Each(int length, Func<int, double> element)
    {
        var result = new double[length];
        for (var i = 0; i < result.Length; i++) result[i] = element(i);
        return result;
    }

    /// <summary>Each element is one of the operand's, or 0. Which one is the same at all places, and found once.</summary>
    /// <param name="source">Its place in the operand; less than 0 for 0.</param>
    private double[] Picked(Node node, double[] x, Func<int[], int> source)
    {
        var sources = Once(node, () => [.. Enumerable.Range(0, node.Type.Length).Select(i => source(Index(i, node.Type.Shape)))]);
        return Array.ConvertAll(sources, from => from < 0 ? 0 : x[from]);
    }

    private int[] Once(Node node, Func<int[]> find) => _sources.TryGetValue(node.Id, out var found) ? found : _sources[node.Id] = find();

    private double[] EachElement(Node node, Pointwise op, double[][] x)
    {
        // What is computed of an element, and where it finds its operands.
        if (!_elements.TryGetValue(node.Id, out var found))
        {
            _elements[node.Id] = found = (op.Element([.. node.Inputs.Select((_, k) => (Scalar)new Operand(k))]), [.. node.Inputs.Select((_, k) => Type(node, k).Shape == node.Type.Shape ? null
                : Enumerable.Range(0, node.Type.Length).Select(i => BroadcastPlace(Type(node, k), Index(i, node.Type.Shape))).ToArray())]);
        }
        var operands = new double[x.Length];
        return Each(node.Type.Length, at =>
        {
            for (var k = 0; k < operands.Length; k++) operands[k] = x[k][found.Places[k] is { } own ? own[at] : at];
            return ScalarEvaluator.Evaluate(found.Element, operands);
        });
    }

    private static int BroadcastPlace(TensorType type, int[] i) => Flat([.. i[^type.Rank..].Select((at, axis) => type[axis] == 1 ? 0 : at)], type.Shape);

    /// <summary>Where the element lies in the parts, one after the other.</summary>
    private int ConcatPlace(Node node, double[][] x, int axis, int[] i)
    {
        var (at, before) = (i[axis], 0);
        for (var part = 0; ; part++)
        {
            var type = Type(node, part);
            if (at < type[axis]) return before + Flat(With(i, axis, at), type.Shape);
            at -= type[axis];
            before += x[part].Length;
        }
    }

    private double[] Reduced(Node node, double[] x, Reduce op)
    {
        var type = Type(node, 0);
        // The elements that each result is of, one after the other.
        var all = Once(node, () => [.. Enumerable.Range(0, node.Type.Length).SelectMany(e =>
        {
            var (i, kept) = (Index(e, node.Type.Shape), 0);
            return Along(op.Axes, type, [.. Enumerable.Range(0, type.Rank).Select(axis => op.Axes.Contains(axis) ? 0 : i[kept++])]);
        })]);
        var count = all.Length / node.Type.Length;
        return Each(node.Type.Length, e => Reduced(op.Kind, new ArraySegment<int>(all, e * count, count).Select(from => x[from])));
    }

    private static double Reduced(Reduction kind, IEnumerable<double> values) => kind == Reduction.Sum ? values.Sum() : values.Aggregate((best, v) => ScalarEvaluator.IsAbove(v, best) ? v : best);

    private static int FirstMaximum(Node node, double[] x, EquatableArray<int> axes, int[] i)
    {
        var best = -1;
        foreach (var e in Along(axes, node.Type, i))
            if (best < 0 || ScalarEvaluator.IsAbove(x[e], x[best])) best = e;
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

    private int ArgMax(Node node, double[] x, int group)
    {
        var (classes, best) = (Type(node, 0).Shape.Items[^1], 0);
        for (var k = 1; k < classes; k++)
            if (ScalarEvaluator.IsAbove(x[group * classes + k], x[group * classes + best])) best = k;
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
