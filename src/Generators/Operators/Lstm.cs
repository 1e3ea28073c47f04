using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LstmOperator : RecurrentOperator
{
    public override IEnumerable<string> Names => ["Lstm"];
    public override IReadOnlyList<string> States => ["h", "c"];
    protected override int Gates => 4;

    protected override Node? Offset(DslCall call) => call.Finite("forgetBias", 1) is var forget && forget != 0 && Units(call) is var units
        ? call.Graph.Add(new Constant(Enumerable.Range(0, 4 * units).Select(i => i / units == 1 ? (float)forget : 0).ToEquatable(), [4 * units])) : null;

    protected override (Node Output, Node[] Next) Step(DslCall call, string side, Node products, IReadOnlyList<Node> state, Node? mask)
    {
        var (graph, units, h, c) = (call.Graph, Units(call), state[0], state[1]);
        var gates = Parts(call, graph.Add(new Add(), products, Product(call, Seen(call, h, mask), Recurrent(call, side))), 4);
        var peepholes = call.Argument("peepholes", false) ? Parts(call, call.Parameter(side + "peephole", [3 * units], ParameterKind.Bias, units, units, Initializer.Zeros), 3) : null;

        var i = graph.Add(new Sigmoid(), WithCell(gates[0], 0, c));
        var f = graph.Add(new Sigmoid(), WithCell(gates[1], 1, c));
        var g = graph.Add(new Tanh(), gates[2]);
        var next = graph.Add(new Add(), graph.Add(new Multiply(), f, c), graph.Add(new Multiply(), i, g));
        var o = graph.Add(new Sigmoid(), WithCell(gates[3], 2, next));
        var output = graph.Add(new Multiply(), o, graph.Add(new Tanh(), next));
        return (output, [output, next]);

        // A gate sees the cell through a peephole.
        Node WithCell(Node gate, int peephole, Node cell) => peepholes is null ? gate : graph.Add(new Add(), gate, graph.Add(new Multiply(), peepholes[peephole], cell));
    }
}
