using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class RnnOperator : RecurrentOperator
{
    public override IEnumerable<string> Names => ["Rnn"];
    public override IReadOnlyList<string> States => ["h"];
    protected override int Gates => 1;

    protected override (Graph.Node Output, Graph.Node[] Next) Step(DslCall call, string side, Graph.Node products, IReadOnlyList<Graph.Node> state, Graph.Node? mask)
    {
        var graph = call.Graph;
        var sum = graph.Add(new Add(), products, Product(call, Seen(call, state[0], mask), Recurrent(call, side)));
        var h = call.Argument("activation", RecurrentActivation.Tanh) == RecurrentActivation.Relu ? graph.Add(new Relu(), sum) : graph.Add(new Tanh(), sum);
        return (h, [h]);
    }
}

/// <summary>The same names as Kiln.RecurrentActivation.</summary>
internal enum RecurrentActivation { Tanh, Relu }
