using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>
/// Back-propagation through time. The gradient of a recurrence is a recurrence the other way round: its state before a step is what the later steps ask of
/// the state, its state after it what they and this step ask of the one before. Values meet it from the last to the first, so that it is opened
/// where the forward loop is closed, and closed where that one is opened.
/// </summary>
internal sealed class Recurrences(GraphBuilder graph)
{
    // What is asked of the final states, and the backward loops that are open, by the loop's end and its beginning.
    private readonly Dictionary<int, Node> _finals = [];
    private readonly Dictionary<string, Node> _open = [];

    /// <summary>
    /// Takes a value of a recurrence and its gradient; null where the value is something else.
    /// </summary>
    /// <returns>The value that it passes a gradient on to, and that gradient; nulls where there is none.</returns>
    public (Node? Value, Node? Gradient)? Takes(Node y, Node? dy)
    {
        switch (y.Operator)
        {
            case FinalState:
                if (dy is not null) _finals[y.Inputs[0]] = _finals.TryGetValue(y.Inputs[0], out var other) ? graph.Add(new Add(), other, dy) : dy;
                return (null, null);
            case NextState next:
                var start = (PreviousState)graph[y.Inputs[0]].Operator;
                var type = y.Type with { Time = y.Type.Time.Take(y.Type.Time.Count - 1).ToEquatable() };
                var last = _finals.TryGetValue(y.Id, out var final) ? final : graph.Fill(0, type.Shape);
                var later = graph.Add(new PreviousState($"{start.Loop}'{graph.Nodes.Count}", start.Axis, !start.Backward, type.Time), last);
                _open[next.Loop] = later;
                return (graph[y.Inputs[1]], dy is null ? later : graph.Add(new Add(), dy, later));
            case PreviousState previous when _open.TryGetValue(previous.Loop, out var before):
                var asked = dy ?? graph.Add(new Broadcast(true, y.Type.Shape) { Time = y.Type.Time }, graph.Number(0));
                if (asked.Type != y.Type) asked = graph.Add(new Broadcast(true, y.Type.Shape) { Time = y.Type.Time }, asked);
                var closed = graph.Add(new NextState(((PreviousState)before.Operator).Loop), before, asked);
                return (graph[y.Inputs[0]], graph.Add(new FinalState(previous.Axis), closed));
            default:
                return null;
        }
    }
}
