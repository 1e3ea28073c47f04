using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AdaptiveMaxPool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["AdaptiveMaxPool2D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Image();
        return call.Graph.Add(new MaxPool(call.SharedWindows(image)), image);
    }
}
