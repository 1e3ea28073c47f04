using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AbsoluteErrorOperator : DslOperator
{
    public override IEnumerable<string> Names => ["AbsoluteError"];
    public override object? Apply(DslCall call) => Of(call);

    public static Node Of(DslCall call) => call.Graph.Add(new Abs(), call.Graph.Add(new Subtract(), call.Operand, call.Target("target")));
}
