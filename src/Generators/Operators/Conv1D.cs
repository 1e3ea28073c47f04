namespace Kiln.Generators.Operators;

internal sealed class Conv1DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Conv1D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Line();
        var window = call.LineWindow(image);
        return call.Graph.AsLine(call.Convolve(image, window, window.KernelWidth));
    }
}
