using System.Collections.Immutable;
using Kiln.Generators.Operators;

namespace Kiln.Generators.Graph;

/// <summary>Appends values to a graph; an operator's shape rule is checked here, so that no ill-typed node ever exists.</summary>
internal sealed class GraphBuilder
{
    private readonly List<Node> _nodes = [];

    /// <summary>A builder that continues a graph.</summary>
    public static GraphBuilder From(Graph graph) => From(graph.Nodes);

    /// <summary>The same values, to which others can be added without a trace in this one.</summary>
    public GraphBuilder Copy()
    {
        var copy = From(_nodes);
        foreach (var pair in _lengths) copy._lengths.Add(pair.Key, pair.Value);
        return copy;
    }

    private readonly Dictionary<TimeAxis, Node> _lengths = [];

    /// <summary>Makes an axis of fixed length one at whose steps samples end: so many are live, as a value of the graph says.</summary>
    public void End(TimeAxis axis, Node lengths) => _lengths[axis.Whole] = lengths;

    /// <summary>The lengths that the graph itself computes for an axis, or every so many steps of it; null where they are the caller's, or the same for all.</summary>
    public Node? ComputedLengths(TimeAxis axis) => _lengths.TryGetValue(axis.Whole, out var lengths) ? lengths : null;

    private static GraphBuilder From(IEnumerable<Node> nodes)
    {
        var builder = new GraphBuilder();
        builder._nodes.AddRange(nodes);
        return builder;
    }

    public IReadOnlyList<Node> Nodes => _nodes;
    public Node this[int id] => _nodes[id];

    /// <summary>The expression of the user's that values added from now on come from.</summary>
    public string Origin { get; set; } = "";

    /// <summary>
    /// While a derivative inside the language (y.Gradient(x)) is built: gradients with respect to values without batch
    /// axis stay per sample instead of being summed over the batch.
    /// </summary>
    public bool PerSample { get; set; }

    /// <exception cref="ShapeException">The operator does not accept inputs of these types.</exception>
    /// <exception cref="OverflowException">The result would have more elements than an int can count.</exception>
    public Node Add(Operator op, params IReadOnlyList<Node> inputs)
    {
        var type = op.Infer([.. inputs.Select(i => i.Type)]);
        _ = type.Length; // throws where an int cannot count the elements
        var node = new Node(_nodes.Count, op, inputs.Select(i => i.Id).ToEquatable(), type, Origin);
        _nodes.Add(node);
        return node;
    }

    public ImmutableArray<Node> InputsOf(Node node) => [.. node.Inputs.Select(i => _nodes[i])];

    public Graph Build(IEnumerable<Output> outputs) => new(_nodes.ToEquatable(), outputs.ToEquatable());
}

/// <summary>An operator was given something it cannot take. The message says what was expected and what came; the front end adds where.</summary>
/// <param name="argument">The guilty argument by its parameter's name, where there is one: the editor underlines it.</param>
/// <param name="element">Which of the argument's elements, where it is a list and one of them is the guilty one.</param>
internal sealed class ShapeException(string message, string? argument = null, int? element = null) : Exception(message)
{
    public string? Argument => argument;
    public int? Element => element;
}
