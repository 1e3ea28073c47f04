using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class WindowOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Window"];
    public override object? Apply(DslCall call) => Of(call, call.Positive("size", 1));

    /// <summary>Windows of so many steps around every one, or around every stride-th.</summary>
    public static Node Of(DslCall call, int size)
    {
        var (graph, axis, stride, dilation) = (call.Graph, call.Time, call.Positive("stride", 1), call.Positive("dilation", 1));
        var windows = graph.Neighbours(axis, call.Operand, Enumerable.Range(0, size).Select(k => checked(dilation * (k - (size - 1) / 2))));
        return stride == 1 ? windows : graph.Add(new EveryStep(axis, stride), windows);
    }
}
