using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ArgMaxOperator : DslOperator
{
    public override IEnumerable<string> Names => ["ArgMax"];

    public override object? Apply(DslCall call)
    {
        var index = call.Graph.Add(new ArgMaxIndex(), call.Operand);
        return new LabelsValue(index, call.Operand.Type[call.Operand.Type.Rank - 1]);
    }
}
