using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Losses of a sample, before the mean over the batch.</summary>
[Network]
public sealed partial class Losses
{
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) CrossEntropyDistribution([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape] Tensor cotangent) => Probe.Of(x.CrossEntropy(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) BinaryCrossEntropyWithLogits([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.BinaryCrossEntropyWithLogits(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) BinaryCrossEntropy([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.BinaryCrossEntropy(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) SquaredError([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.SquaredError(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) Hinge([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.Hinge(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MeanSquaredError([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape] Tensor cotangent) => Probe.Of(x.MeanSquaredError(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) CrossEntropy([Shape(9)] Tensor x, [Classes(9)] Labels label, [Shape] Tensor cotangent) => Probe.Of(x.CrossEntropy(label), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) CrossEntropyMany([Shape(3, 4)] Tensor x, [Shape(3), Classes(4)] Labels label, [Shape(3)] Tensor cotangent) => Probe.Of(x.CrossEntropy(label), x, cotangent);
}

public sealed class LossTests
{
    [Fact]
    public void Of_a_sample()
    {
        var fixture = new Fixture("losses");
        using var net = new Losses(batch: 7);
        fixture.Check("crossEntropyDistribution", net.CrossEntropyDistribution);
        fixture.Check("binaryCrossEntropyWithLogits", net.BinaryCrossEntropyWithLogits);
        fixture.Check("binaryCrossEntropy", net.BinaryCrossEntropy);
        fixture.Check("squaredError", net.SquaredError);
        fixture.Check("hinge", net.Hinge);
        fixture.Check("meanSquaredError", net.MeanSquaredError);
        fixture.Check("crossEntropy", net.CrossEntropy);
        fixture.Check("crossEntropyMany", net.CrossEntropyMany);
    }
}
