using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class BernoulliOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Bernoulli"];

    public override object? Apply(DslCall call)
    {
        var (graph, p) = (call.Graph, call.Operand);
        var draw = graph.Add(new Greater(), p, call.Random(Distribution.Uniform, true, p.Type.Shape));
        return call.Argument("straightThrough", false) ? graph.Add(new StraightThrough(), draw, p) : draw;
    }
}
