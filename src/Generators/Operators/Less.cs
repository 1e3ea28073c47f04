using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class LessOperator : DslOperator
{
    public override IEnumerable<string> Names => ["op_LessThan"];
    public override object? Apply(DslCall call) => call.Graph.Add(new Greater(), call.Argument<Node>("b", null!), call.Argument<Node>("a", null!));
}
