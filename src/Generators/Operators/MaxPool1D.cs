using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class MaxPool1DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["MaxPool1D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Line();
        return call.Graph.AsLine(call.Graph.Add(new MaxPool(call.LineWindow(image, pool: true)), image));
    }
}
