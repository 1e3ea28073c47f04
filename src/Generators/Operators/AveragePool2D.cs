using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AveragePool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["AveragePool2D"];

    public override object? Apply(DslCall call)
    {
        var (image, kernel) = (call.Image(), call.Argument("kernel", (Height: 0, Width: 0)));
        return call.Graph.Add(new AveragePool(call.PoolWindow(image, kernel)), image);
    }
}
