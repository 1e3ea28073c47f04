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
    /// <summary>Elements of a sample from which on a value is worth computing again.</summary>
    private const int Large = 1024;

    private readonly Graph.Graph _source;
    private readonly bool[] _forward;
    private readonly bool[] _stored;
    private readonly int[] _uses;

    /// <summary>Values of the forward pass that the backward pass computes again, and those that the second computation starts from.</summary>
    private readonly HashSet<int> _again = [];

    private Recompute(Graph.Graph source)
    {
        _source = source;
        var count = source.Nodes.Count;
        (_forward, _stored, _uses) = (new bool[count], new bool[count], new int[count]);
        foreach (var output in source.Outputs)
        {
            _uses[output.Node]++;
            _forward[output.Node] |= output.Role is not (Role.Gradient or Role.InputGradient);
        }
        var asWhole = new bool[count];
        for (var id = count - 1; id >= 0; id--)
        {
            var isMap = source[id].Operator is Pointwise or View or Reduce;
            foreach (var input in source[id].Inputs)
            {
                _forward[input] |= _forward[id];
                asWhole[input] |= !isMap;
                _uses[input]++;
            }
            _stored[id] = source[id].Operator switch
            {
                Constant or LiveRows or View and not Concat or Centred => false,
                Pointwise => _uses[id] > 1 || asWhole[id],
                _ => true,
            };
        }
    }

    /// <param name="segments">Whole segments are computed again, rather than maps of kept values alone.</param>
    public static Graph.Graph Run(Graph.Graph source, bool segments)
    {
        if (!source.Outputs.Any(o => o.Role is Role.Gradient or Role.InputGradient)) return source;
        var pass = new Recompute(source);
        if (segments) pass._again.UnionWith(Segments.Of(pass.Values()));
        else pass.ChooseMaps();
        return pass._again.Count == 0 ? source : pass.Rewritten();
    }

    /// <summary>The stored values that a node reads, itself or through what is computed where it is read.</summary>
    private IEnumerable<int> Leaves(Node node) => node.Inputs.SelectMany(i => _stored[i] ? [i] : Leaves(_source[i])).Distinct();

    private bool IsLarge(Node node) => node.Type.Batched && _stored[node.Id] && node.Type.Length >= Large && node.Operator is not InputRead;

    /// <summary>Values of the forward pass that the backward pass reads.</summary>
    private HashSet<int> Wanted()
    {
        var wanted = new HashSet<int>();
        foreach (var node in _source.Nodes)
            if (!_forward[node.Id])
                wanted.UnionWith(Leaves(node).Where(id => _forward[id] && IsLarge(_source[id])));
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
            if (Leaves(node).All(leaf => !IsLarge(_source[leaf]) ? _source[leaf].Operator is not InputRead : wanted.Contains(leaf) && !_again.Contains(leaf))) _again.Add(id);
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
        var last = new Dictionary<int, int>();
        foreach (var node in _source.Nodes)
            if (_forward[node.Id] && _stored[node.Id])
                foreach (var leaf in Leaves(node)) last[leaf] = node.Id;
        return [.. _source.Nodes.Where(n => _forward[n.Id] && IsLarge(n)).Select(n => new Segments.Value(n.Id, n.Type.Length, last.TryGetValue(n.Id, out var l) ? l : n.Id, wanted.Contains(n.Id)))];
    }

    // ---- The graph with both computations ----

    private Graph.Graph Rewritten()
    {
        var graph = new GraphBuilder();
        var (map, second) = (new Node[_source.Nodes.Count], new Dictionary<int, Node>());
        foreach (var node in _source.Nodes)
        {
            Node[] inputs = [.. node.Inputs.Select(i => _forward[node.Id] || !_forward[i] || !Reads(i) ? map[i] : Second(i))];
            graph.Origin = node.Origin;
            map[node.Id] = graph.Add(node.Operator, inputs);
        }
        return graph.Build(_source.Outputs.Select(o => o with { Node = map[o.Node].Id }));

        Node Second(int id)
        {
            if (second.TryGetValue(id, out var known)) return known;
            var node = _source[id];
            // What is stored and not computed again is there; what is computed where it is read is so here too, since a second reader would have it stored.
            if (!node.Type.Batched || (_stored[id] && !_again.Contains(id)) || node.Inputs.Count == 0) return second[id] = _again.Contains(id) ? Add(node, []) : map[id];
            return second[id] = Add(node, [.. node.Inputs.Select(Second)]);
        }

        Node Add(Node node, Node[] inputs)
        {
            graph.Origin = node.Origin;
            return graph.Add(node.Operator, inputs);
        }
    }

    private readonly Dictionary<int, bool> _reads = [];

    /// <summary>Whether the value is one that is computed again, or is computed of such where it is read.</summary>
    private bool Reads(int id) => _reads.TryGetValue(id, out var known) ? known
        : _reads[id] = _again.Contains(id) || (!_stored[id] && _source[id].Inputs.Any(Reads));
}
