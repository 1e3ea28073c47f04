using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MaxPool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MaxPool2D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Image();
        return call.Graph.Add(new MaxPool(call.Window(image, pool: true)), image);
    }
}
