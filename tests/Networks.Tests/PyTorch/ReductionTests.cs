using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Sums, means, maxima, softmax and products over axes.</summary>
[Network]
public sealed partial class Reductions
{
    [Predict] static (Tensor Y, Tensor Gradient) SumAll([Shape(3, 4, 7)] Tensor x, [Shape] Tensor cotangent) => Probe.Of(x.Sum(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) SumFirst([Shape(3, 4, 7)] Tensor x, [Shape(4, 7)] Tensor cotangent) => Probe.Of(x.Sum(0), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) SumLast([Shape(3, 4, 7)] Tensor x, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x.Sum(-1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) SumOuter([Shape(3, 4, 7)] Tensor x, [Shape(4)] Tensor cotangent) => Probe.Of(x.Sum(0, 2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MeanAll([Shape(3, 4, 7)] Tensor x, [Shape] Tensor cotangent) => Probe.Of(x.Mean(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MeanFirst([Shape(3, 4, 7)] Tensor x, [Shape(4, 7)] Tensor cotangent) => Probe.Of(x.Mean(0), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MeanLast([Shape(3, 4, 7)] Tensor x, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x.Mean(-1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MeanOuter([Shape(3, 4, 7)] Tensor x, [Shape(4)] Tensor cotangent) => Probe.Of(x.Mean(0, 2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxAll([Shape(3, 4, 7)] Tensor x, [Shape] Tensor cotangent) => Probe.Of(x.Max(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxFirst([Shape(3, 4, 7)] Tensor x, [Shape(4, 7)] Tensor cotangent) => Probe.Of(x.Max(0), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxLast([Shape(3, 4, 7)] Tensor x, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x.Max(-1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxOuter([Shape(3, 4, 7)] Tensor x, [Shape(4)] Tensor cotangent) => Probe.Of(x.Max(0, 2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LogSumExpAll([Shape(3, 4, 7)] Tensor x, [Shape] Tensor cotangent) => Probe.Of(x.LogSumExp(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LogSumExpFirst([Shape(3, 4, 7)] Tensor x, [Shape(4, 7)] Tensor cotangent) => Probe.Of(x.LogSumExp(0), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LogSumExpLast([Shape(3, 4, 7)] Tensor x, [Shape(3, 4)] Tensor cotangent) => Probe.Of(x.LogSumExp(-1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LogSumExpOuter([Shape(3, 4, 7)] Tensor x, [Shape(4)] Tensor cotangent) => Probe.Of(x.LogSumExp(0, 2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxTies([Shape(3, 5)] Tensor x, [Shape(3)] Tensor cotangent) => Probe.Of(x.Max(-1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) SoftmaxFirst([Shape(3, 4, 7)] Tensor x, [Shape(3, 4, 7)] Tensor cotangent) => Probe.Of(x.Softmax(0), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) SoftmaxLast([Shape(3, 4, 7)] Tensor x, [Shape(3, 4, 7)] Tensor cotangent) => Probe.Of(x.Softmax(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LogSoftmaxFirst([Shape(3, 4, 7)] Tensor x, [Shape(3, 4, 7)] Tensor cotangent) => Probe.Of(x.LogSoftmax(0), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) LogSoftmaxLast([Shape(3, 4, 7)] Tensor x, [Shape(3, 4, 7)] Tensor cotangent) => Probe.Of(x.LogSoftmax(), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) SoftmaxTemperature([Shape(3, 4, 7)] Tensor x, [Shape(3, 4, 7)] Tensor cotangent) => Probe.Of(x.Softmax(temperature: 0.5), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) SoftmaxLarge([Shape(300)] Tensor x, [Shape(300)] Tensor cotangent) => Probe.Of(x.Softmax(), x, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MatMul([Shape(3, 17)] Tensor x, [Shape(17, 6)] Tensor u, [Shape(3, 6)] Tensor cotangent) => Probe.Of(x.MatMul(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) Outer([Shape(9)] Tensor x, [Shape(11)] Tensor u, [Shape(9, 11)] Tensor cotangent) => Probe.Of(x.Outer(u), x, u, cotangent);
}

public sealed class ReductionTests
{
    [Fact]
    public void Over_axes()
    {
        var fixture = new Fixture("reductions");
        using var net = new Reductions(batch: 7);
        fixture.Check("sum/all", net.SumAll);
        fixture.Check("sum/first", net.SumFirst);
        fixture.Check("sum/last", net.SumLast);
        fixture.Check("sum/outer", net.SumOuter);
        fixture.Check("mean/all", net.MeanAll);
        fixture.Check("mean/first", net.MeanFirst);
        fixture.Check("mean/last", net.MeanLast);
        fixture.Check("mean/outer", net.MeanOuter);
        fixture.Check("max/all", net.MaxAll);
        fixture.Check("max/first", net.MaxFirst);
        fixture.Check("max/last", net.MaxLast);
        fixture.Check("max/outer", net.MaxOuter);
        fixture.Check("logSumExp/all", net.LogSumExpAll);
        fixture.Check("logSumExp/first", net.LogSumExpFirst);
        fixture.Check("logSumExp/last", net.LogSumExpLast);
        fixture.Check("logSumExp/outer", net.LogSumExpOuter);
        fixture.Check("maxTies", net.MaxTies);
        fixture.Check("softmax/first", net.SoftmaxFirst);
        fixture.Check("softmax/last", net.SoftmaxLast);
        fixture.Check("logSoftmax/first", net.LogSoftmaxFirst);
        fixture.Check("logSoftmax/last", net.LogSoftmaxLast);
        fixture.Check("softmax/temperature", net.SoftmaxTemperature);
        fixture.Check("softmax/large", net.SoftmaxLarge);
        fixture.Check("matMul", net.MatMul);
        fixture.Check("outer", net.Outer);
    }
}
