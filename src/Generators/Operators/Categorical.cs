using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class CategoricalOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Categorical"];

    /// <summary>argmax(x / temperature − log(−log u)): the Gumbel trick.</summary>
    public override object? Apply(DslCall call)
    {
        var (graph, x, temperature) = (call.Graph, call.Operand, call.Temperature());
        if (temperature != 1) x = graph.Scale(x, 1 / temperature);
        var u = call.Random(Distribution.Uniform, true, x.Type.Shape);
        var gumbel = graph.Add(new Log(), graph.Add(new Negate(), graph.Add(new Log(), u)));
        var index = graph.Add(new ArgMaxIndex(), graph.Add(new Subtract(), x, gumbel));
        return new LabelsValue(index, x.Type[x.Type.Rank - 1]);
    }
}
