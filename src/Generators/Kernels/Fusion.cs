using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Kernels;

/// <summary>Which values are stored, and which are computed where they are read.</summary>
internal sealed class Fusion
{
    /// <summary>Larger expressions are cut, so that a kernel stays readable and within the registers.</summary>
    private const int LargestExpression = 40;

    /// <summary>Views cost next to nothing where they are read; cut are only chains so long that following them would take too deep a recursion.</summary>
    private const int LongestViews = 4 * LargestExpression;

    private readonly Graph.Graph _graph;
    private readonly bool[] _stored;

    public Fusion(Graph.Graph graph)
    {
        _graph = graph;
        _stored = new bool[graph.Nodes.Count];
        var uses = new int[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
            foreach (var input in node.Inputs.Distinct()) uses[input]++;
        foreach (var output in graph.Outputs) uses[output.Node] += 2;

        var size = new int[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            size[node.Id] = 1 + node.Inputs.Sum(i => _stored[i] ? 1 : size[i]);
            // The end of a loop is read by its beginning.
            _stored[node.Id] = (uses[node.Id] > 0 || node.Operator is NextState) && node.Operator switch
            {
                Constant c => !IsLiteral(c),
                LiveRows or StepNumber => false,
                Lengths { Axis.Fixed: > 0 } => false,
                Reshape => false,
                Centred => false,   // a difference costs less than a pass over the memory
                Transpose or Slice or Pad or Broadcast => size[node.Id] > LongestViews,
                Pointwise or OneHotOf => !IsNumber(node) && (uses[node.Id] > 1 || size[node.Id] > LargestExpression),
                _ => true,
            };
        }

        var inLoops = InLoops(graph);
        foreach (var node in graph.Nodes)
        {
            RequireOperands(node);
            // A product with its bias is made for all steps at once, before the loop that reads it.
            if (!inLoops[node.Id]) continue;
            foreach (var input in node.Inputs.Where(i => !inLoops[i] && IsAffine(graph[i]))) _stored[input] = true;
        }
        foreach (var output in graph.Outputs) RequireStored(output.Node);
    }

    public bool IsStored(int id) => _stored[id];

    private bool IsAffine(Node node) => node is { Operator: Add, Type.Time.Count: > 0 } && node.Inputs.Any(i => _graph[i].Operator is Einsum) && node.Inputs.Any(i => !_graph[i].Type.Batched);

    /// <summary>Which values depend on the state of a loop and lead to its next one.</summary>
    private static bool[] InLoops(Graph.Graph graph)
    {
        var inLoops = new bool[graph.Nodes.Count];
        foreach (var end in graph.Nodes.Where(n => n.Operator is NextState))
        {
            var (start, depends, leads) = (end.Inputs[0], new bool[graph.Nodes.Count], new bool[graph.Nodes.Count]);
            depends[start] = leads[end.Id] = true;
            for (var id = start + 1; id <= end.Id; id++) depends[id] |= graph[id].Inputs.Any(i => depends[i]);
            for (var id = end.Id; id > start; id--)
                if (leads[id])
                    foreach (var input in graph[id].Inputs) leads[input] = true;
            for (var id = start; id <= end.Id; id++) inLoops[id] |= depends[id] && leads[id];
        }
        return inLoops;
    }

    /// <summary>All elements equal: written into the kernel.</summary>
    public static bool IsLiteral(Constant constant) => constant.Values.Distinct().Count() == 1;

    /// <summary>A scalar made of literals and the number of rows only: cheaper to compute than to load.</summary>
    private bool IsNumber(Node node) => node.Type is { Batched: false, Length: 1 } && node.Operator switch
    {
        Constant or LiveRows => true,
        Pointwise or Reshape => node.Inputs.All(i => IsNumber(_graph[i])),
        _ => false,
    };

    private void RequireOperands(Node node)
    {
        switch (node.Operator)
        {
            case Einsum:
                foreach (var input in node.Inputs) RequireStored(_graph[input].Operator is Transpose ? _graph[input].Inputs[0] : input);
                break;
            case Convolution or ConvolutionDataGradient or ConvolutionWeightGradient or MaxPool or MaxPoolGradient or MaxPoolGather or AveragePool or AveragePoolGradient or BatchSum or MaxMask or ArgMaxIndex
                or Temporal or GatherRows or ScatterRows:
                foreach (var input in node.Inputs) RequireStored(input);
                break;
            case Reshape reshape when !KeepsAxes(reshape, _graph[node.Inputs[0]].Type):
                RequireStored(node.Inputs[0]);
                break;
            default:
                foreach (var input in node.Inputs)
                {
                    var value = _graph[input];
                    // Computed once for all samples, or once before it is repeated.
                    var repeated = (node.Type.Batched && !value.Type.Batched) || node.Type.Time.Count > value.Type.Time.Count || (node.Type.Length > value.Type.Length && IsCostly(value) && node.Operator is not (Concat or Pad));
                    if ((repeated || (HasPadding(value) && Mentions(node, input) > 1)) && !IsNumber(value) && value.Operator is not StepNumber and not Lengths) RequireStored(input);
                }
                break;
        }
    }

    /// <summary>Stores the value, or what it is a reshape of.</summary>
    private void RequireStored(int id)
    {
        var node = _graph[id];
        if (node.Operator is Reshape) RequireStored(node.Inputs[0]);
        else _stored[id] = true;
    }

    /// <summary>How often a formula names an operand; the compiler of the kernel finds equal expressions, but not behind a condition.</summary>
    private static int Mentions(Node node, int input) => node.Operator is Pointwise p
        ? Expressions.All(p.Element([.. node.Inputs.Select((_, i) => (Scalar)new Operand(i))])).Count(e => e is Operand operand && node.Inputs[operand.Index] == input) : 1;

    private bool HasPadding(Node node) => !_stored[node.Id] && (node.Operator is Pad || (node.Operator is Pointwise or View && node.Inputs.Any(i => HasPadding(_graph[i]))));

    private bool IsCostly(Node node) => !_stored[node.Id] && node.Operator switch
    {
        Pointwise p => Expressions.All(p.Element([.. node.Inputs.Select((_, i) => (Scalar)new Operand(i))])).Any(e => e is Call { Function: >= Function.Sqrt or Function.Divide }) || node.Inputs.Any(i => IsCostly(_graph[i])),
        View => node.Inputs.Any(i => IsCostly(_graph[i])),
        _ => false,
    };

    /// <summary>Only axes of size 1 come or go: an index of the result names one of the input.</summary>
    public static bool KeepsAxes(Reshape reshape, TensorType input) => reshape.Shape.Where(d => d != 1).SequenceEqual(input.Shape.Where(d => d != 1));
}
