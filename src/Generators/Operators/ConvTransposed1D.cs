namespace Kiln.Generators.Operators;

internal sealed class ConvTransposed1DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["ConvTransposed1D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Line();
        var (window, length) = call.TransposedWindows(Windows.Space.Line, [image.Type[2]])[0];
        return call.Graph.AsLine(call.ConvolveTransposed(image, Windows.Of(AxisWindow.None, window), 1, length, window.Kernel));
    }
}
