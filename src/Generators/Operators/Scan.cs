using System.Collections.Immutable;
using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>A recurrence while it is built: what is computed from <see cref="Previous"/> until it is closed runs step by step.</summary>
internal sealed class Scan
{
    private readonly GraphBuilder _graph;
    private readonly TimeAxis _axis;

    /// <param name="outer">Axes of the loops around this one.</param>
    /// <param name="initial">The state before the first step.</param>
    public Scan(GraphBuilder graph, TimeAxis axis, EquatableArray<TimeAxis> outer, IEnumerable<Node> initial, bool backward = false)
    {
        (_graph, _axis) = (graph, axis);
        Previous = [.. initial.Select(x => graph.Add(new PreviousState($"scan{graph.Nodes.Count}", axis, backward, outer), x))];
    }

    /// <summary>The state before each step.</summary>
    public ImmutableArray<Node> Previous { get; }

    /// <summary>The state after each step. It is held at dead steps, so that the last one is that of the last live step.</summary>
    public ImmutableArray<Node> Close(IEnumerable<Node> next) =>
        [.. Previous.Zip(next, (before, after) => _graph.Add(new NextState(((PreviousState)before.Operator).Loop), before, _graph.Live(_axis, after, before)))];

    /// <summary>The state after the last live step.</summary>
    public Node Last(Node closed) => _graph.Add(new FinalState(_axis), closed);
}
