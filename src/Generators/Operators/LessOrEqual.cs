using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

internal sealed class LessOrEqualOperator : DslOperator
{
    public override IEnumerable<string> Names => ["op_LessThanOrEqual"];
    public override object? Apply(DslCall call) => call.Graph.Add(new GreaterOrEqual(), call.Argument<Node>("b", null!), call.Argument<Node>("a", null!));
}
