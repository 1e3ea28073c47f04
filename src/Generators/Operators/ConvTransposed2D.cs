using Kiln.Generators.Graph;

namespace Kiln.Generators.Operators;

internal sealed class ConvTransposed2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["ConvTransposed2D"];

    /// <summary>The argument "tied" is the weight of the convolution that this one is the transposed of; only its bias is its own.</summary>
    public override object? Apply(DslCall call)
    {
        var image = call.Image();
        int[]? kernel = call.Argument<Node?>("tied", null) is { Type: var tied } ? [tied[2], tied[3]] : null;
        var axes = call.TransposedWindows(Windows.Space.Image, [image.Type[1], image.Type[2]], kernel);
        var window = Windows.Of(axes[0].Window, axes[1].Window);
        return call.ConvolveTransposed(image, window, axes[0].Output, axes[1].Output, window.KernelHeight, window.KernelWidth);
    }
}
