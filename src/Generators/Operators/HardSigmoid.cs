using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class HardSigmoidOperator : DslOperator
{
    public override IEnumerable<string> Names => ["HardSigmoid"];
    public override object? Apply(DslCall call) => Of(call);

    public static Node Of(DslCall call) => call.Graph.Scale(call.Graph.Add(new Relu6(), call.Graph.Add(new Primitives.Add(), call.Operand, call.Graph.Number(3))), 1.0 / 6);
}
