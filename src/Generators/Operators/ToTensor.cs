using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class ToTensorOperator : DslOperator
{
    public override IEnumerable<string> Names => ["ToTensor"];

    public override object? Apply(DslCall call)
    {
        var axis = call.Time;
        if (axis is not { Fixed: > 0, Stride: 1 }) throw new ShapeException($"ToTensor: a sequence that AsSequence made of an axis expected: the length of '{axis}' differs from sample to sample");
        return call.Graph.Add(new StepsToAxis(axis), call.Graph.Live(axis, call.Operand, call.Graph.Number(0)));
    }
}
