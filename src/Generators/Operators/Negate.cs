using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class NegateOperator : DslOperator
{
    public override IEnumerable<string> Names => ["op_UnaryNegation"];
    public override object? Apply(DslCall call) => call.Graph.Add(new Negate(), call.Argument<Node>("a", null!));
}
