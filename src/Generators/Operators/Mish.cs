using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MishOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Mish"];
    public override object? Apply(DslCall call) => call.Graph.Add(new Multiply(), call.Operand, call.Graph.Add(new Tanh(), call.Graph.Add(new Softplus(), call.Operand)));
}
