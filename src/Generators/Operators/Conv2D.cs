namespace Kiln.Generators.Operators;

internal sealed class Conv2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Conv2D"];

    public override object? Apply(DslCall call)
    {
        var image = call.Image();
        var window = call.Window(image);
        return call.Convolve(image, window, window.KernelHeight, window.KernelWidth);
    }
}
