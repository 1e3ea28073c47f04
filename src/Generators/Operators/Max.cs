using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MaxOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Max"];

    public override object? Apply(DslCall call) =>
        call.ReducedAxes() is { Count: > 0 } axes ? call.Graph.Add(new Reduce(Reduction.Max, axes), call.Operand) : call.Operand;
}
