using Kiln.Generators.Graph;
using Kiln.Generators.Operators;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Tests.Operators;

/// <summary>Values over time and recurrences, written with the graph's primitives by their equations.</summary>
internal static class TimeGraph
{
    /// <summary>One value at live steps, another at dead ones.</summary>
    public static Node WhereLive(this GraphBuilder graph, TimeAxis axis, Node live, Node dead) =>
        graph.Add(new SelectGreater(), graph.Add(new Lengths(axis)), graph.Add(new StepNumber(axis)), live, dead);

    public static Node MaxOverTime(this GraphBuilder graph, TimeAxis axis, Node x) =>
        graph.Add(new ReduceTime(Reduction.Max, axis), graph.WhereLive(axis, x, graph.Number(-1e30)));

    /// <summary>Every step weighs otherwise, so that a step that is taken for another shows.</summary>
    public static Node WeightedSumOverTime(this GraphBuilder graph, TimeAxis axis, Node x) =>
        graph.SumOverTime(axis, graph.Add(new Multiply(), x, graph.Add(new Add(), graph.Number(0.5), graph.Scale(graph.Add(new StepNumber(axis)), 0.25))));

    /// <summary>x · wᵀ + bias.</summary>
    public static Node Affine(this GraphBuilder graph, Node x, Node weight, Node? bias = null)
    {
        var product = graph.Add(new Einsum([0], [1, 0], [1]), x, weight);
        return bias is null ? product : graph.Add(new Add(), product, bias);
    }

    /// <summary>A loop over the steps of an axis; states are held at dead steps.</summary>
    /// <param name="outer">The axes of the loops around.</param>
    /// <returns>The states after each step, and after the last one.</returns>
    public static (Node[] States, Node[] Last) Scan(this GraphBuilder graph, string name, TimeAxis axis, Node[] initial, Func<Node[], Node[]> step, bool backward = false, params TimeAxis[] outer)
    {
        var previous = initial.Select((x, i) => graph.Add(new PreviousState($"{name}.{i}", axis, backward, outer.ToEquatable()), x)).ToArray();
        var computed = step(previous);
        var states = previous.Select((state, i) => graph.Add(new NextState($"{name}.{i}"), state, graph.WhereLive(axis, computed[i], state))).ToArray();
        return (states, [.. states.Select(state => graph.Add(new FinalState(axis), state))]);
    }

    /// <summary>h = f(W x + b + W' h + b').</summary>
    /// <param name="weights">weight_ih, weight_hh, bias_ih, bias_hh, as PyTorch names them.</param>
    public static (Node[] States, Node[] Last) Rnn(this GraphBuilder graph, string name, TimeAxis axis, Node x, Node hidden, Node[] weights, Pointwise activation, bool backward = false, params TimeAxis[] outer)
    {
        var own = graph.Affine(x, weights[0], weights[2]);
        return graph.Scan(name, axis, [hidden], state => [graph.Add(activation, graph.Add(new Add(), own, graph.Affine(state[0], weights[1], weights[3])))], backward, outer);
    }

    /// <summary>Gates i, f, g, o: c = f·c + i·g, h = o·tanh(c).</summary>
    /// <inheritdoc cref="Rnn"/>
    public static (Node[] States, Node[] Last) Lstm(this GraphBuilder graph, string name, TimeAxis axis, Node x, Node hidden, Node cell, Node[] weights, bool backward = false, params TimeAxis[] outer)
    {
        var own = graph.Affine(x, weights[0], weights[2]);
        return graph.Scan(name, axis, [hidden, cell], state =>
        {
            var gates = graph.Add(new Add(), own, graph.Affine(state[0], weights[1], weights[3]));
            Node Gate(int number, Pointwise activation) => graph.Add(activation, graph.Part(gates, number, 4));
            var next = graph.Add(new Add(), graph.Add(new Multiply(), Gate(1, new Sigmoid()), state[1]), graph.Add(new Multiply(), Gate(0, new Sigmoid()), Gate(2, new Tanh())));
            return [graph.Add(new Multiply(), Gate(3, new Sigmoid()), graph.Add(new Tanh(), next)), next];
        }, backward, outer);
    }

    /// <summary>Gates r, z, n: n = tanh(W x + b + r·(W' h + b')), h = (1 − z)·n + z·h.</summary>
    /// <inheritdoc cref="Rnn"/>
    public static (Node[] States, Node[] Last) Gru(this GraphBuilder graph, string name, TimeAxis axis, Node x, Node hidden, Node[] weights, bool backward = false, params TimeAxis[] outer)
    {
        var own = graph.Affine(x, weights[0], weights[2]);
        return graph.Scan(name, axis, [hidden], state =>
        {
            var of = graph.Affine(state[0], weights[1], weights[3]);
            Node Gate(int number) => graph.Add(new Sigmoid(), graph.Add(new Add(), graph.Part(own, number, 3), graph.Part(of, number, 3)));
            var fresh = graph.Add(new Tanh(), graph.Add(new Add(), graph.Part(own, 2, 3), graph.Add(new Multiply(), Gate(0), graph.Part(of, 2, 3))));
            var kept = Gate(1);
            return [graph.Add(new Add(), graph.Add(new Multiply(), graph.Add(new Subtract(), graph.Number(1), kept), fresh), graph.Add(new Multiply(), kept, state[0]))];
        }, backward, outer);
    }

    /// <summary>
    /// Σ over the live steps of a source of softmax(query · key) · value. The query runs over other axes than the source, and the result over those.
    /// </summary>
    public static Node Attention(this GraphBuilder graph, Node query, Node keys, Node values, TimeAxis source)
    {
        EquatableArray<TimeAxis> both = [.. query.Type.Time, source];
        Node Wide(Node x) => graph.Add(new Broadcast(true, x.Type.Shape) { Time = both }, x);
        var scores = graph.WhereLive(source, graph.Sum(graph.Add(new Multiply(), Wide(query), Wide(keys)), [0]), graph.Number(-1e30));
        var top = graph.Add(new StopGradient(), graph.Add(new ReduceTime(Reduction.Max, source), scores));
        var shares = graph.WhereLive(source, graph.Add(new Exp(), graph.Add(new Subtract(), scores, top)), graph.Number(0));
        var weights = graph.Add(new Divide(), shares, graph.Add(new ReduceTime(Reduction.Sum, source), shares));
        return graph.SumOverTime(source, graph.Add(new Multiply(), graph.Add(new Reshape([1]), weights), Wide(values)));
    }

    /// <summary>One of several equal parts of a vector.</summary>
    private static Node Part(this GraphBuilder graph, Node x, int number, int parts) => graph.Add(new Slice(0, number * x.Type[0] / parts, x.Type[0] / parts), x);
}
