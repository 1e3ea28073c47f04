using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Passes;

/// <summary>
/// What the backward pass reads of the forward pass is kept from the one to the other, or computed again where it is wanted. Always
/// computed again is a map of values that are kept anyway, such as a ReLU of a normalised convolution: it costs one pass over memory. Where
/// the network asks for it, whole segments are: the values between two checkpoints, from the first of them. The bits are the same.
/// </summary>
/// <remarks>
/// The second computation is nodes of their own, which only the backward pass reads. No later pass merges equal nodes, and the kernels'
/// <c>Postponement</c> runs a step where its result is wanted.
/// </remarks>
internal sealed class Recompute
{
    /// <summary>Elements of a sample from which on it is worth a pass over them to keep one value less.</summary>
    private const int LargeMap = 1024;

    /// <summary>Values that are smaller than the largest by this factor are kept, whatever they cost: statistics of a sample, gates of channels.</summary>
    private const int Small = 64;

    /// <summary>Expressions that are larger are cut, as the kernels' fusion does.</summary>
    private const int LargestExpression = 40;

    private readonly Graph.Graph _source;

    /// <summary>Of each value: the forward pass computes it; it is stored rather than computed where it is read.</summary>
    private readonly bool[] _forward, _stored;

    /// <summary>The stored values that each reads, itself or through what is computed where it is read.</summary>
    private readonly int[][] _leaves;

    private readonly int _large;

    /// <summary>Values of the forward pass that the backward pass computes again.</summary>
    private readonly HashSet<int> _again = [];

    private Recompute(Graph.Graph source, bool segments)
    {
        _source = source;
        var count = source.Nodes.Count;
        (_forward, _stored, _leaves) = (new bool[count], new bool[count], new int[count][]);
        var (uses, asWhole, size) = (new int[count], new bool[count], new int[count]);
        foreach (var output in source.Outputs)
        {
            uses[output.Node] += 2;
            _forward[output.Node] |= output.Role is not (Role.Gradient or Role.InputGradient);
        }
        for (var id = count - 1; id >= 0; id--)
            foreach (var input in source[id].Inputs)
            {
                _forward[input] |= _forward[id];
                asWhole[input] |= source[id].Operator is not (Pointwise or View or Reduce);
                uses[input]++;
            }
        foreach (var node in source.Nodes)
        {
            size[node.Id] = 1 + node.Inputs.Sum(i => _stored[i] ? 1 : size[i]);
            _stored[node.Id] = node.Operator switch
            {
                Constant or LiveRows or Centred => false,
                View and not Concat => size[node.Id] > LargestExpression,
                Pointwise => uses[node.Id] > 1 || asWhole[node.Id] || size[node.Id] > LargestExpression,
                _ => true,
            };
            _leaves[node.Id] = [.. node.Inputs.SelectMany(i => _stored[i] ? [i] : _leaves[i]).Distinct()];
        }
        _large = 1;
        _large = !segments ? LargeMap : source.Nodes.Where(n => _forward[n.Id] && IsLarge(n)).Select(n => n.Type.Length).DefaultIfEmpty().Max() / Small;
    }

    /// <param name="segments">Whole segments are computed again, rather than maps of kept values alone.</param>
    public static Graph.Graph Run(Graph.Graph source, bool segments)
    {
        if (!source.Outputs.Any(o => o.Role is Role.Gradient or Role.InputGradient)) return source;
        var pass = new Recompute(source, segments);
        if (segments) pass._again.UnionWith(Segments.Of(pass.Values()));
        else pass.ChooseMaps();
        return pass._again.Count == 0 ? source : pass.Rewritten();
    }

    private bool IsLarge(Node node) => node.Type.Batched && _stored[node.Id] && node.Type.Length >= _large && node.Operator is not InputRead;

    /// <summary>Values of the forward pass that the backward pass reads.</summary>
    private HashSet<int> Wanted()
    {
        var wanted = new HashSet<int>();
        foreach (var node in _source.Nodes)
            if (!_forward[node.Id])
                wanted.UnionWith(_leaves[node.Id].Where(id => _forward[id] && IsLarge(_source[id])));
        return wanted;
    }

    // ---- Maps of kept values ----

    private void ChooseMaps()
    {
        var wanted = Wanted();
        var isOutput = new HashSet<int>(_source.Outputs.Select(o => o.Node));
        foreach (var id in wanted.OrderBy(id => id))
        {
            var node = _source[id];
            if (node.Operator is not Pointwise || isOutput.Contains(id) || !IsCheap(node)) continue;
            if (_leaves[id].All(leaf => !IsLarge(_source[leaf]) ? _source[leaf].Operator is not InputRead : wanted.Contains(leaf) && !_again.Contains(leaf))) _again.Add(id);
        }
    }

    /// <summary>Additions, products and comparisons: less work than the memory is slow.</summary>
    private bool IsCheap(Node node) =>
        (node.Operator is not Pointwise map || Expressions(map.Element([.. node.Inputs.Select((_, i) => (Scalar)new Operand(i))])).All(f => f is < Function.Sqrt and not Function.Divide))
        && node.Inputs.All(i => _stored[i] || !_source[i].Type.Batched || IsCheap(_source[i]));

    private static IEnumerable<Function> Expressions(Scalar scalar) =>
        scalar is Call call ? call.Arguments.SelectMany(Expressions).Prepend(call.Function) : [];

    // ---- Segments ----

    /// <summary>The large values of the forward pass, in their order.</summary>
    private List<Segments.Value> Values()
    {
        var wanted = Wanted();
        var (last, work) = (new Dictionary<int, int>(), new long[_source.Nodes.Count]);
        foreach (var node in _source.Nodes)
        {
            if (!_forward[node.Id] || !_stored[node.Id]) continue;
            // With the work for what it is computed of and is not there for the backward pass.
            work[node.Id] = Work(node) + _leaves[node.Id].Where(leaf => !wanted.Contains(leaf)).Sum(leaf => work[leaf]);
            foreach (var leaf in _leaves[node.Id]) last[leaf] = node.Id;
        }
        return [.. _source.Nodes.Where(n => _forward[n.Id] && IsLarge(n)).Select(n => new Segments.Value(n.Id, n.Type.Length, last.TryGetValue(n.Id, out var l) ? l : n.Id, wanted.Contains(n.Id), work[n.Id]))];
    }

    /// <summary>Multiplications for each element of a contraction.</summary>
    private long Work(Node node)
    {
        var kernel = node.Inputs.Count > 1 ? _source[node.Inputs[1]].Type : null;
        return node.Operator switch
        {
            Convolution => kernel!.Length / kernel[0],
            ConvolutionDataGradient => kernel!.Length / kernel[1],
            Einsum einsum => einsum.A.Concat(einsum.B).Distinct().Where(l => !einsum.Result.Contains(l)).Aggregate(1L, (n, l) => n * Extent(einsum, node, l)),
            _ => 0,
        };
    }

    private int Extent(Einsum einsum, Node node, int label) => einsum.A.Items.IndexOf(label) is var axis and >= 0
        ? _source[node.Inputs[0]].Type[axis] : _source[node.Inputs[1]].Type[einsum.B.Items.IndexOf(label)];

    // ---- The graph with both computations ----

    private Graph.Graph Rewritten()
    {
        var graph = new GraphBuilder();
        var (first, second) = (new Node[_source.Nodes.Count], new Dictionary<int, Node>());
        var differs = new bool[_source.Nodes.Count];
        foreach (var node in _source.Nodes)
        {
            differs[node.Id] = _forward[node.Id] && (_again.Contains(node.Id) || (!_stored[node.Id] && node.Inputs.Any(i => differs[i])));
            Node[] inputs = [.. node.Inputs.Select(i => differs[i] && !_forward[node.Id] ? Second(i) : first[i])];
            first[node.Id] = Add(node, inputs);
        }
        return graph.Build(_source.Outputs.Select(o => o with { Node = first[o.Node].Id }));

        // The value for the backward pass, with all that it is computed of and that is not there already.
        Node Second(int wanted)
        {
            var needed = new SortedSet<int>();
            for (var open = new Stack<int>([wanted]); open.Count > 0;)
            {
                var id = open.Pop();
                if (second.ContainsKey(id) || !needed.Add(id) || !IsComputed(id)) continue;
                foreach (var input in _source[id].Inputs) open.Push(input);
            }
            foreach (var id in needed) second[id] = IsComputed(id) ? Add(_source[id], [.. _source[id].Inputs.Select(i => second[i])]) : first[id];
            return second[wanted];
        }

        // What is computed where it is read is so here too: it would be stored for a second reader.
        bool IsComputed(int id) => _source[id].Type.Batched && (_stored[id] ? _again.Contains(id) : _source[id].Inputs.Count > 0);

        Node Add(Node node, Node[] inputs)
        {
            graph.Origin = node.Origin;
            return graph.Add(node.Operator, inputs);
        }
    }
}
