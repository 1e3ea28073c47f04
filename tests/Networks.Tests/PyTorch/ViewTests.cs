using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Words that move elements.</summary>
[Network]
public sealed partial class Views
{
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) ConcatFirst([Shape(3, 4, 7)] Tensor x, [Shape(2, 4, 7)] Tensor u, [Shape(5, 4, 7)] Tensor cotangent) => Probe.Of(x.Concat(u).Square(), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) ConcatMiddle([Shape(3, 4, 7)] Tensor x, [Shape(3, 2, 7)] Tensor u, [Shape(3, 10, 7)] Tensor cotangent) => Probe.Of(Tensor.Concat([x, u, x], axis: 1).Square(), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) StackFirst([Shape(3, 4, 7)] Tensor x, [Shape(3, 4, 7)] Tensor u, [Shape(2, 3, 4, 7)] Tensor cotangent) => Probe.Of(Tensor.Stack([x, u]).Square(), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) StackLast([Shape(3, 4, 7)] Tensor x, [Shape(3, 4, 7)] Tensor u, [Shape(3, 4, 7, 2)] Tensor cotangent) => Probe.Of(Tensor.Stack([x, u], axis: 3).Square(), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Split([Shape(3, 6)] Tensor x, [Shape(3, 2)] Tensor cotangent) => Probe.Of(x.Split(3, axis: 1)[1].Square() + x.Split(3, axis: 1)[0], x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Slice([Shape(3, 4, 7)] Tensor x, [Shape(3, 2, 7)] Tensor cotangent) => Probe.Of(x.Slice(1, 1, 2).Square(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Pad([Shape(3, 4, 7)] Tensor x, [Shape(3, 7, 10)] Tensor cotangent) => Probe.Of(x.Pad(2, 2, 1).Pad(1, 0, 3).Square(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Transpose([Shape(3, 4, 7)] Tensor x, [Shape(7, 3, 4)] Tensor cotangent) => Probe.Of(x.Transpose(2, 0, 1).Square(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Reshape([Shape(3, 4, 7)] Tensor x, [Shape(14, 6)] Tensor cotangent) => Probe.Of(x.Reshape(14, 6).Square(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Flatten([Shape(3, 4, 7)] Tensor x, [Shape(84)] Tensor cotangent) => Probe.Of(x.Flatten().Square(), x, cotangent);
}

public sealed class ViewTests
{
    [Fact]
    public void Elements_go_where_they_belong_and_their_gradients_come_back()
    {
        var fixture = new Fixture("views");
        using var net = new Views(batch: 7);
        fixture.Check("concat/first", net.ConcatFirst);
        fixture.Check("concat/middle", net.ConcatMiddle);
        fixture.Check("stack/first", net.StackFirst);
        fixture.Check("stack/last", net.StackLast);
        fixture.Check("split", net.Split);
        fixture.Check("slice", net.Slice);
        fixture.Check("pad", net.Pad);
        fixture.Check("transpose", net.Transpose);
        fixture.Check("reshape", net.Reshape);
        fixture.Check("flatten", net.Flatten);
    }
}
