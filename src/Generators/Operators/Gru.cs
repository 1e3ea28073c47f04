using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class GruOperator : RecurrentOperator
{
    public override IEnumerable<string> Names => ["Gru"];
    public override IReadOnlyList<string> States => ["h"];
    protected override int Gates => 3;

    protected override (Node Output, Node[] Next) Step(DslCall call, string side, Node products, IReadOnlyList<Node> state, Node? mask)
    {
        var (graph, units, h, recurrent) = (call.Graph, Units(call), state[0], Recurrent(call, side));
        var (x, seen) = (Parts(call, products, 3), Seen(call, h, mask));
        Node r, z, n;
        if (call.Argument("resetAfter", true))
        {
            var gates = Parts(call, Product(call, seen, recurrent), 3);
            (r, z) = (Gate(x[0], gates[0]), Gate(x[1], gates[1]));
            var bias = call.Parameter(side + "recurrent_bias", [units], ParameterKind.Bias, units, units, Initializer.Zeros);
            n = Candidate(graph.Add(new Multiply(), r, graph.Add(new Add(), gates[2], bias)));
        }
        else
        {
            var gates = Parts(call, Product(call, seen, graph.Add(new Slice(1, 0, 2 * units), recurrent)), 2);
            (r, z) = (Gate(x[0], gates[0]), Gate(x[1], gates[1]));
            n = Candidate(Product(call, graph.Add(new Multiply(), r, seen), graph.Add(new Slice(1, 2 * units, units), recurrent)));
        }
        // n + z · (h − n) is z · h + (1 − z) · n.
        var (kept, other) = call.Argument("updateKeeps", true) ? (h, n) : (n, h);
        var next = graph.Add(new Add(), other, graph.Add(new Multiply(), z, graph.Add(new Subtract(), kept, other)));
        return (next, [next]);

        Node Gate(Node input, Node own) => graph.Add(new Sigmoid(), graph.Add(new Add(), input, own));
        Node Candidate(Node own) => graph.Add(new Tanh(), graph.Add(new Add(), x[2], own));
    }
}
