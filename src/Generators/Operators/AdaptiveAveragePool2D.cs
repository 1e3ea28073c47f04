using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AdaptiveAveragePool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["AdaptiveAveragePool2D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Image();
        return call.Graph.Add(new AveragePool(call.SharedWindows(image)), image);
    }
}
