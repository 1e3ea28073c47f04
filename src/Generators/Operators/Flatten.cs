using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class FlattenOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Flatten"];
    public override object? Apply(DslCall call) => call.Graph.Add(new Reshape([call.Operand.Type.Length]), call.Operand);
}
