using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class SquaredErrorOperator : DslOperator
{
    public override IEnumerable<string> Names => ["SquaredError"];
    public override object? Apply(DslCall call) => Of(call);

    public static Node Of(DslCall call) => call.Graph.Add(new Square(), call.Graph.Add(new Subtract(), call.Operand, call.Target("target")));
}
