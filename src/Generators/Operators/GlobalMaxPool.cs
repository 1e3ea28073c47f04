using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class GlobalMaxPoolOperator : DslOperator
{
    public override IEnumerable<string> Names => ["GlobalMaxPool"];

    public override object? Apply(DslCall call) => call.Graph.Add(new Reduce(Reduction.Max, call.InnerAxes()), call.Operand);
}
