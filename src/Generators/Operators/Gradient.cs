using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

internal sealed class GradientOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Gradient"];
    public override object? Apply(DslCall call) => Autodiff.Derivative(call.Graph, call.Operand, call.Argument<Node>("x", null!));
}
