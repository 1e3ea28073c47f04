using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

internal sealed class InstanceNormOperator : DslOperator
{
    public override IEnumerable<string> Names => ["InstanceNorm"];

    public override object? Apply(DslCall call) => call.Operand.Type is { Rank: > 1 } type ? GroupNormOperator.Of(call, type[0])
        : throw new ShapeException($"InstanceNorm: expected channels and at least one more axis per sample, got {call.Operand.Type}");
}
