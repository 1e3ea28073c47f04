using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class NoisyReluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["NoisyRelu"];

    public override object? Apply(DslCall call)
    {
        var (graph, x, deviation) = (call.Graph, call.Operand, call.Finite("deviation", 0.1));
        if (deviation < 0) throw new ShapeException(FormattableString.Invariant($"NoisyRelu: deviation must be at least 0, got {deviation}"), "deviation");
        if (deviation > 0 && call.IsTraining) x = graph.Add(new Add(), x, graph.Scale(call.Random(Distribution.Normal, true, x.Type.Shape), deviation));
        return graph.Add(new Relu(), x);
    }
}
