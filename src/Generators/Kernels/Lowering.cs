using System.Globalization;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>
/// Turns the graph of one program into steps over stored values. Pointwise operators and views are fused into whatever
/// reads them unless <see cref="Fusion"/> says that they are stored; contractions, windows and reductions are steps of their own.
/// </summary>
internal sealed partial class Lowering
{
    private readonly Graph.Graph _graph;
    private readonly Program _program;
    private readonly Dictionary<string, StoredParameter> _parameters;
    private readonly ConstantPool _constants;
    private readonly Fusion _fusion;
    private readonly List<Step> _steps = [];

    /// <summary>The storage a node's value was computed in.</summary>
    private readonly Dictionary<int, Buffer> _primary = [];

    /// <summary>All storages a node's value has, by node and what was asked for.</summary>
    private readonly Dictionary<(int Node, string Form), Buffer> _forms = [];

    /// <summary>How images lie; those that are not here lie in Lanes.</summary>
    private readonly Dictionary<int, ImageLayout> _layouts;

    /// <summary>Convolutions that Winograd's algorithm computes, and their tiles.</summary>
    private readonly Dictionary<int, int> _tiles;

    private readonly PreparedPool _prepared;
    private readonly int _rows;
    private int _loops;

    /// <param name="rows">Rows of the batch that is expected: what layouts are chosen for.</param>
    /// <param name="log">Takes what was chosen.</param>
    public Lowering(Graph.Graph graph, Program program, IEnumerable<StoredParameter> parameters, EquatableArray<State> states, ConstantPool constants, PreparedPool prepared, int rows, LayoutChoice layouts, Winograd winograd, TextWriter? log = null)
    {
        _graph = graph;
        _program = program;
        _parameters = parameters.ToDictionary(p => p.Parameter.Name);
        foreach (var state in states)
        {
            _stateOffsets[state.Name] = _stateFloats;
            _stateFloats = checked(_stateFloats + Sizes.Round16(state.Length));
        }
        _constants = constants;
        _rows = rows;
        _fusion = new Fusion(graph);
        _prepared = prepared;
        var images = new ImageLayouts(graph, _fusion, Draft, Copy, rows, winograd);
        _layouts = images.Choose(layouts, log);
        _tiles = images.Tiles;
    }

    public LoweredProgram Run()
    {
        foreach (var node in _graph.Nodes)
            if (_fusion.IsStored(node.Id)) Lower(node);
        var outputs = LowerOutputs();
        return new LoweredProgram(_steps, outputs.Scalars, outputs.Assigned, outputs.InputGradients, _layouts) { NextStates = outputs.States, NextSequences = outputs.Sequences };
    }

    private void Lower(Node node)
    {
        switch (node.Operator)
        {
            case InputRead or RandomDraw or Lengths: break;                               // read or drawn where they are first asked for
            case ParameterRead read: Keep(node, ParameterBuffer(_parameters[read.Name], Space.Parameters)); break;
            case Constant constant: Keep(node, _constants.Add(constant)); break;
            case StateRead state: Keep(node, new Buffer(state.Name, Storage.Rows, node.Type.Length, Space.States) { Offset = _stateOffsets[state.Name] }); break;
            case PreviousState previous: LowerPreviousState(node, previous); break;
            case NextState: LowerNextState(node); break;
            case FinalState: LowerFinalState(node); break;
            case ReduceTime reduce: LowerReduceTime(node, reduce); break;
            case ShiftTime or ReverseTime or EveryStep or SpreadSteps or RenameAxis: LowerSteps(node); break;
            case AxisToSteps split: LowerAxisOfTime(node, split.Axis, toSteps: true); break;
            case StepsToAxis join: LowerAxisOfTime(node, join.Axis, toSteps: false); break;
            case CtcLoss loss: LowerCtc(node, loss); break;
            case CtcGradient: break;                                             // with the loss
            case GatherRows: LowerGatherRows(node); break;
            case ScatterRows scatter: LowerScatterRows(node, scatter); break;
            case LiveRows or StepNumber or Pointwise or OneHotOf or View and not Concat or Reduce: LowerMap(node); break;
            case Concat concat: LowerConcat(node, concat); break;
            case Einsum einsum: LowerEinsum(node, einsum); break;
            case BatchSum: LowerBatchSum(node); break;
            case MaxMask mask: LowerFirstMax(node, mask: true, [.. mask.Axes]); break;
            case ArgMaxIndex: LowerFirstMax(node, mask: false, [_graph[node.Inputs[0]].Type.Rank - 1]); break;
            case Convolution or ConvolutionDataGradient or ConvolutionWeightGradient: LowerConvolution(node); break;
            case MaxPool or MaxPoolGradient or MaxPoolGather or AveragePool or AveragePoolGradient: LowerPool(node); break;
            default: throw new InvalidOperationException($"no lowering for {node.Operator.GetType().Name}");
        }
    }

    private Buffer Keep(Node node, Buffer buffer)
    {
        _primary[node.Id] = buffer;
        _forms[(node.Id, FormOf(buffer))] = buffer;
        return buffer;
    }

    private Buffer New(Node node, Storage storage, int k = 0, int m = 0, bool? spaced = null) =>
        new($"{Camel(node.Operator.GetType().Name)}{node.Id}", storage, node.Type.Length, Space.Arena, k, m) { Time = node.Type.Time, Spaced = spaced ?? IsSpaced(node) };

    /// <summary>Of values over time there are many rows, which products meet row by row. What has several rows itself stays in one piece.</summary>
    private static bool IsSpaced(Node node) => node.Type is { Time.Count: > 0, Rank: 1 };

    private static Buffer ParameterBuffer(StoredParameter stored, Space space)
    {
        var (k, m) = ParameterPlacement.Matrix(stored.Parameter, stored.Storage);
        return new Buffer(stored.Parameter.Name, stored.Storage == ParameterStorage.Flat ? Storage.Flat : Storage.Panels, stored.Parameter.Length, space, k, m) { Offset = stored.Offset };
    }

    /// <summary>Floats from the start of the states, per row of capacity.</summary>
    private readonly Dictionary<string, int> _stateOffsets = [];

    private int _stateFloats;

    private Loop NewLoop(int extent) => new(_loops++, extent);

    private static string Form(Storage storage, string detail = "") => storage + detail;

    private static string FormOf(Buffer buffer) => Form(buffer.Storage, buffer.Storage == Storage.Channels ? buffer.K.ToString(CultureInfo.InvariantCulture) : "");

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    private string Comment(Node node) =>
        $"{(node.Origin.Length > 0 ? node.Origin + ": " : "")}{node.Operator.GetType().Name}({string.Join(", ", node.Inputs.Select(i => _graph[i].Type))}) → {node.Type}";

    // ---- Asking for a value in a storage ----

    /// <summary>The node itself, or what it is a reshape of: the same elements in the same order.</summary>
    private Node Source(int id)
    {
        var node = _graph[id];
        while (node.Operator is Reshape && !_primary.ContainsKey(node.Id)) node = _graph[node.Inputs[0]];
        return node;
    }

    /// <summary>The storage a batched value is in, without a copy; a random draw is not anywhere yet.</summary>
    private Storage? WhereIs(int id)
    {
        var node = Source(id);
        if (_primary.TryGetValue(node.Id, out var buffer)) return buffer.Storage;
        return node.Operator is InputRead read && _program.Inputs[read.Index] is { Kind: InputKind.Tensor, Bytes: false, Time.Count: 0 } ? Storage.Raw : null;
    }

    /// <summary>The value in that storage, moved there if need be.</summary>
    private Buffer Demand(int id, Storage storage)
    {
        var node = Source(id);
        if (_forms.TryGetValue((node.Id, Form(storage)), out var known)) return known;
        if (!_primary.TryGetValue(node.Id, out var from)) return Materialise(node, storage);

        // The caller's rows without gaps are Rows already when nothing has to be padded.
        if (storage == Storage.Rows && from.Storage == Storage.Raw && from.Features % 16 == 0) return from;
        if (storage is Storage.Rows or Storage.Lanes && !from.Batched) return Spread(node, from, storage);
        var target = new Buffer($"{from.Name}As{storage}", storage, from.Features, Space.Arena) { Time = from.Time };
        _steps.Add(new Move($"{from.Name} from {from.Storage} to {storage}", from, target, ConvolutionOf(node)));
        return _forms[(node.Id, Form(storage))] = target;
    }

    /// <summary>An image with its channels side by side, moved there if need be.</summary>
    private Buffer DemandChannels(int id, int channels, int pixels)
    {
        var node = Source(id);
        var form = Form(Storage.Channels, channels.ToString(CultureInfo.InvariantCulture));
        if (_forms.TryGetValue((node.Id, form), out var known)) return known;
        // From Lanes, 16 rows at a time; all else goes by Rows, where a sample's elements are in row-major order.
        var from = _primary.TryGetValue(node.Id, out var primary) && primary.Storage is Storage.Lanes or Storage.Raw ? primary! : WhereIs(id) == Storage.Raw ? Demand(id, Storage.Raw) : Demand(id, Storage.Rows);
        var target = new Buffer($"{from.Name}AsChannels", Storage.Channels, from.Features, Space.Arena, channels, pixels) { Time = from.Time };
        _steps.Add(new Move($"{from.Name} from {from.Storage} to Channels", from, target));
        return _forms[(node.Id, form)] = target;
    }

    private ImageLayout LayoutOf(Node node) => _layouts.TryGetValue(node.Id, out var layout) ? layout : ImageLayout.Lanes;

    /// <summary>The image in the layout that its reader computes in.</summary>
    private Buffer ImageOf(int id, ImageLayout layout) => layout switch
    {
        ImageLayout.Channels => DemandChannels(id, _graph[id].Type[0], _graph[id].Type[1] * _graph[id].Type[2]),
        ImageLayout.Rows => Demand(id, WhereIs(id) == Storage.Raw ? Storage.Raw : Storage.Rows),
        _ => Demand(id, Storage.Lanes),
    };

    /// <summary>Inputs and random draws come into being in the storage that is asked for first.</summary>
    private Buffer Materialise(Node node, Storage storage)
    {
        switch (node.Operator)
        {
            case InputRead read:
                var input = _program.Inputs[read.Index];
                var argument = new Buffer(input.Name, Storage.Raw, node.Type.Length, Space.Input) { Offset = read.Index, Time = node.Type.Time };
                if (input.Kind == InputKind.Tensor && !input.Bytes && input.Time.Count == 0)
                {
                    Keep(node, argument);
                    return Demand(node.Id, storage);
                }
                var read1 = new Buffer($"{input.Name}{storage}", storage, node.Type.Length, Space.Arena) { Time = node.Type.Time };
                _steps.Add(new ReadInput($"{input.Name} {node.Type}", input, argument, read1));
                return Keep(node, read1);
            case Lengths lengths:
                return ReadLengths(node, lengths, storage);
            case RandomDraw draw:
                var target = New(node, storage);
                _steps.Add(new Draw(Comment(node), draw.Distribution, draw.Stream, target));
                return Keep(node, target);
            default:
                throw new InvalidOperationException($"%{node.Id} {node.Operator.GetType().Name} is asked for before it is computed");
        }
    }

    /// <summary>A value without batch axis, repeated for every sample.</summary>
    private Buffer Spread(Node node, Buffer from, Storage storage)
    {
        var target = new Buffer($"{from.Name}ForAll", storage, from.Features, Space.Arena);
        if (storage == Storage.Rows && from.Features == 1)
        {
            _steps.Add(new Move($"{from.Name} from Lanes to Rows", Demand(node.Id, Storage.Lanes), target));
            return _forms[(node.Id, Form(storage))] = target;
        }
        var loop = NewLoop(from.Features);
        var index = Affine.Of(loop);
        EquatableArray<Loop> loops = loop.Extent == 1 ? [] : [loop];
        var flat = Demand(node.Id, Storage.Flat);
        _steps.Add(new Map($"{from.Name} for every sample", storage == Storage.Rows ? MapMode.Rows : MapMode.Lanes, target, loops, index, new Load(flat, index), null, [], [flat]));
        return _forms[(node.Id, Form(storage))] = target;
    }

    /// <summary>A rank-2 value as the K×M matrix of a contraction; transposed: its transpose.</summary>
    private Buffer DemandPanels(int id, bool transposed)
    {
        var node = Source(id);
        var shape = _graph[id].Type.Shape;
        var (k, m) = transposed ? (shape[1], shape[0]) : (shape[0], shape[1]);
        var form = Form(Storage.Panels, $"{k}x{m}{(transposed ? "T" : "")}");
        if (_forms.TryGetValue((node.Id, form), out var known)) return known;
        if (!_primary.ContainsKey(node.Id)) Demand(id, Storage.Flat);
        var primary = _primary[node.Id];
        var here = primary.Storage == Storage.Panels && ConvolutionOf(node) is null;
        if (here && !transposed && primary.K == k && primary.M == m) return primary;
        var target = new Buffer($"{primary.Name}Panels{(transposed ? "Transposed" : "")}", Storage.Panels, primary.Features, Space.Arena, k, m);
        if (here && primary.K == m && primary.M == k) _steps.Add(new TransposePanels($"{primary.Name} transposed", primary, target));
        else _steps.Add(new Move($"{primary.Name} to panels", Demand(id, Storage.Flat), target, Transposed: transposed));
        return _forms[(node.Id, form)] = target;
    }

    /// <summary>A kernel [M, C, H, W] in panels of K = (row, column, channel).</summary>
    private Buffer DemandKernel(int id)
    {
        var node = Source(id);
        if (!_primary.ContainsKey(node.Id)) Demand(id, Storage.Flat);
        var shape = _graph[id].Type.Shape;
        if (ConvolutionOf(node) == ConvolutionAxes.Of(shape) && _primary[node.Id].Storage == Storage.Panels) return _primary[node.Id];
        var form = Form(Storage.Panels, "kernel" + shape);
        if (_forms.TryGetValue((node.Id, form), out var known)) return known;
        var target = new Buffer($"{_primary[node.Id].Name}Kernel", Storage.Panels, _graph[id].Type.Length, Space.Arena, shape[1] * shape[2] * shape[3], shape[0]);
        _steps.Add(new Move($"{_primary[node.Id].Name} to a kernel's panels", Demand(id, Storage.Flat), target, ConvolutionAxes.Of(shape)));
        return _forms[(node.Id, form)] = target;
    }

    /// <summary>If the value is kept in a kernel's panels: the kernel's axes.</summary>
    private ConvolutionAxes? ConvolutionOf(Node node) => node.Operator switch
    {
        ParameterRead read when _parameters[read.Name].Storage == ParameterStorage.ConvolutionPanels => ConvolutionAxes.Of(read.Shape),
        ConvolutionWeightGradient => ConvolutionAxes.Of(node.Type.Shape),
        _ when _kernelShaped.Contains(node.Id) => ConvolutionAxes.Of(node.Type.Shape),
        _ => null,
    };

    /// <summary>Pointwise results over kernels in panels: themselves kernels in panels.</summary>
    private readonly HashSet<int> _kernelShaped = [];
}

/// <summary>The steps of a program in an order of their dependencies, and what to do with its results.</summary>
/// <param name="Layouts">How images lie.</param>
internal sealed record LoweredProgram(
    IReadOnlyList<Step> Steps, IReadOnlyList<ScalarResult> Scalars,
    IReadOnlyList<(StoredParameter Parameter, Buffer Value)> Assigned, IReadOnlyList<(int Input, Buffer Value)> InputGradients, Dictionary<int, ImageLayout> Layouts)
{
    /// <summary>What states are after the call, in Rows.</summary>
    public IReadOnlyList<(string State, Buffer Value)> NextStates { get; init; } = [];

    /// <summary>What sequence states are after the call, in Rows, and the length of each row.</summary>
    public IReadOnlyList<(string State, Buffer Value, Buffer Lengths)> NextSequences { get; init; } = [];

    /// <summary>What is read after the steps.</summary>
    public Buffer[] Kept => [.. Scalars.Select(s => s.Sum), .. Assigned.Select(a => a.Value), .. InputGradients.Select(g => g.Value), .. NextStates.Select(s => s.Value), .. NextSequences.SelectMany(s => new[] { s.Value, s.Lengths })];
}

/// <summary>Frame.Scalars[Index] = Sum[0] / (Divisor · rows if PerRow).</summary>
internal sealed record ScalarResult(int Index, Buffer Sum, int Divisor, bool PerRow);
