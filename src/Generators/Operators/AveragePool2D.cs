using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AveragePool2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["AveragePool2D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Image();
        return call.Graph.Add(new AveragePool(call.Window(image, pool: true), call.Argument("countPadding", true) ? Divisor.Padded : Divisor.Inside), image);
    }
}
