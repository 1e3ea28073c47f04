using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SeluOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Selu"];
    public override object? Apply(DslCall call) => call.Graph.Scale(call.Graph.Add(new Elu(1.6732632423543772f), call.Operand), 1.0507009873554805);
}
