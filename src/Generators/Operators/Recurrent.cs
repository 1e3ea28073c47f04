using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

/// <summary>
/// A layer over time: its state starts with zeros, or as the call says. The products with the inputs are made for all steps at once, outside of the recurrence.
/// </summary>
internal abstract class RecurrentOperator : DslOperator
{
    /// <summary>The parts of the state, as the names of states call them: h, c.</summary>
    public abstract IReadOnlyList<string> States { get; }

    /// <summary>Gates, and the candidate: so many products of the same inputs lie side by side in the weights.</summary>
    protected abstract int Gates { get; }

    /// <summary>The output and the next state, from the products with the input and the state before.</summary>
    /// <param name="side">In front of the parameters' names.</param>
    /// <param name="mask">What h is multiplied by before the products with the recurrent weight; null: nothing.</param>
    protected abstract (Node Output, Node[] Next) Step(DslCall call, string side, Node products, IReadOnlyList<Node> state, Node? mask);

    public override object? Apply(DslCall call) => Run(call, null).Outputs;

    /// <summary>All steps.</summary>
    /// <param name="initial">The state before the first; null: zeros.</param>
    public (Node Outputs, Node[] Last) Run(DslCall call, IReadOnlyList<Node>? initial)
    {
        var (graph, axis) = (call.Graph, call.Time);
        if (!call.Argument("bidirectional", false)) return Direction("", backward: false);
        if (initial is not null) throw new ShapeException($"{call.Name}: a bidirectional layer has no state to start from, as its two directions start at different ends");
        var (forward, backward) = (Direction("", backward: false), Direction("backward.", backward: true));
        return (graph.Add(new Concat(0), forward.Outputs, backward.Outputs), []);

        (Node Outputs, Node[] Last) Direction(string side, bool backward)
        {
            var (products, mask) = (Products(call, side), Mask(call, single: false));
            var scan = new Scan(graph, axis, call.Open, Checked(call, initial) ?? Zeros(call), backward);
            var (output, next) = Step(call, side, products, scan.Previous, mask);
            var closed = scan.Close(next);
            // An output that is a state is taken as it is held.
            var held = Array.FindIndex(next, n => n.Id == output.Id);
            return (held >= 0 ? closed[held] : output, [.. closed.Select(scan.Last)]);
        }
    }

    /// <summary>One step, from a given state.</summary>
    public (Node Output, Node[] Next) Once(DslCall call, IReadOnlyList<Node> state) =>
        call.Argument("bidirectional", false) ? throw new ShapeException($"{call.Name}: a bidirectional layer sees all steps, and has no single one")
        : Step(call, "", Products(call, ""), Checked(call, state)!, Mask(call, single: true));

    public Node[] Zeros(DslCall call) => [.. States.Select(_ => call.Graph.Fill(0, [Units(call)]))];

    protected static int Units(DslCall call) => call.Positive("units", 0);

    /// <summary>A number for each gate that is added to its bias; null for none.</summary>
    protected virtual Node? Offset(DslCall call) => null;

    /// <summary>x · W + b.</summary>
    private Node Products(DslCall call, string side)
    {
        var (graph, x, units) = (call.Graph, call.Operand, Units(call));
        if (x.Type.Rank != 1) throw new ShapeException($"{call.Name}: expected steps of one axis, got {x.Type}; Flatten makes one of them");
        var inputs = x.Type[0];
        var weight = call.Parameter(side + "weight", [inputs, Gates * units], ParameterKind.DenseWeight, inputs, units, Initializer.GlorotUniform);
        var bias = call.Parameter(side + "bias", [Gates * units], ParameterKind.Bias, inputs, units, Initializer.Zeros);
        if (Offset(call) is { } offset) bias = graph.Add(new Add(), bias, offset);
        return graph.Add(new Add(), graph.Add(new Einsum([0], [0, 1], [1]), x, weight), bias);
    }

    /// <summary>The weights of the state, [units, gates · units].</summary>
    protected Node Recurrent(DslCall call, string side)
    {
        var units = Units(call);
        return call.Parameter(side + "recurrent", [units, Gates * units], ParameterKind.DenseWeight, units, units, Initializer.GlorotUniform);
    }

    /// <summary>In training zero where an element is left out at all steps, else 1 / (1 − rate); null where none is. Gal and Ghahramani 2016.</summary>
    private static Node? Mask(DslCall call, bool single)
    {
        var (graph, rate) = (call.Graph, call.Argument("recurrentDropout", 0.0));
        if (!(rate >= 0 && rate < 1)) throw new ShapeException(FormattableString.Invariant($"{call.Name}: expected a recurrent dropout from 0 to below 1, got {rate}"), "recurrentDropout");
        if (rate == 0 || !call.IsTraining) return null;
        return graph.Scale(graph.Add(new Greater(), graph.Number(1 - rate), call.RandomOfAllSteps(Distribution.Uniform, [Units(call)], single)), 1 / (1 - rate));
    }

    /// <summary>What the recurrent weights see of h.</summary>
    protected static Node Seen(DslCall call, Node h, Node? mask) => mask is null ? h : call.Graph.Add(new Multiply(), h, mask);

    protected static Node Product(DslCall call, Node state, Node weight) => call.Graph.Add(new Einsum([0], [0, 1], [1]), state, weight);

    /// <summary>Equal parts of a vector, or of a matrix's columns.</summary>
    protected static Node[] Parts(DslCall call, Node x, int count)
    {
        var (axis, size) = (x.Type.Rank - 1, x.Type[x.Type.Rank - 1] / count);
        return [.. Enumerable.Range(0, count).Select(part => call.Graph.Add(new Slice(axis, part * size, size), x))];
    }

    private IReadOnlyList<Node>? Checked(DslCall call, IReadOnlyList<Node>? state)
    {
        var units = Units(call);
        if (state is not null && state.Count != States.Count) throw new ShapeException($"{call.Name}: expected a state of {English.Count(States.Count, "tensor")}, got {state.Count}", "state");
        foreach (var part in state ?? [])
            if (!part.Type.Shape.SequenceEqual([units])) throw new ShapeException($"{call.Name}: expected a state of the shape [{units}], got {part.Type}", "state");
        return state;
    }
}
