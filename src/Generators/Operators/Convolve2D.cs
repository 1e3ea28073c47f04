using Kiln.Generators.Graph;
using Kiln.Generators.Operators.Primitives;

namespace Kiln.Generators.Operators;

internal sealed class Convolve2DOperator : DslOperator
{
    public override IEnumerable<string> Names => ["Convolve2D"];

    public override object? Apply(DslCall call)
    {
        var (image, kernel) = (call.Image(), call.Argument<Node>("kernel", null!));
        if (kernel.Type.Rank != 4 || kernel.Type.Batched)
            throw new ShapeException($"Convolve2D: expected a kernel [channels out, channels in, height, width] that is the same for every sample, got {kernel.Type}", "kernel");
        return call.Graph.Add(new Convolution(call.Window(image, [kernel.Type[2], kernel.Type[3]])), image, kernel);
    }
}
