using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class AveragePool1DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["AveragePool1D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Line();
        var divisor = call.Argument("countPadding", true) ? Divisor.Padded : Divisor.Inside;
        return call.Graph.AsLine(call.Graph.Add(new AveragePool(call.LineWindow(image, pool: true), divisor), image));
    }
}
