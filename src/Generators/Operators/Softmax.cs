using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SoftmaxOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Softmax"];

    public override object? Apply(DslCall call)
    {
        var (graph, x) = (call.Graph, call.Operand);
        var axis = call.Axis("axis", -1, x.Type.Rank);
        var temperature = call.Temperature();
        if (temperature != 1) x = graph.Scale(x, 1 / temperature);
        var exp = graph.Add(new Exp(), graph.Shift(x, [axis]).Shifted);
        return graph.Add(new Divide(), exp, graph.Keep(graph.Sum(exp, [axis]), x.Type.Shape, [axis]));
    }
}
