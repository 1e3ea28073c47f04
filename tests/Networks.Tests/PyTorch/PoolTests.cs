using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Pools: ties go to the first, padding is never a maximum and counts as zero in a mean.</summary>
[Network]
public sealed partial class Pools
{
    [Predict] static (Tensor Y, Tensor Gradient) Max2([Shape(3, 9, 8)] Tensor x, [Shape(3, 4, 4)] Tensor cotangent) => Probe.Of(x.MaxPool2D(2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxTies([Shape(3, 7, 9)] Tensor x, [Shape(3, 4, 5)] Tensor cotangent) => Probe.Of(x.MaxPool2D(3, 2, 1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxNegativePadded([Shape(3, 9, 8)] Tensor x, [Shape(3, 5, 4)] Tensor cotangent) => Probe.Of(x.MaxPool2D(3, 2, 1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MaxOblong([Shape(3, 9, 8)] Tensor x, [Shape(3, 7, 4)] Tensor cotangent) => Probe.Of(x.MaxPool2D((3, 2), (1, 2)), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Average2([Shape(3, 9, 8)] Tensor x, [Shape(3, 4, 4)] Tensor cotangent) => Probe.Of(x.AveragePool2D(2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) AveragePadded([Shape(3, 9, 8)] Tensor x, [Shape(3, 5, 4)] Tensor cotangent) => Probe.Of(x.AveragePool2D(3, 2, 1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) AverageOverlapping([Shape(3, 9, 8)] Tensor x, [Shape(3, 7, 6)] Tensor cotangent) => Probe.Of(x.AveragePool2D(3, 1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) GlobalAverage([Shape(3, 9, 8)] Tensor x, [Shape(3)] Tensor cotangent) => Probe.Of(x.GlobalAveragePool(), x, cotangent);
}

public sealed class PoolTests
{
    [Fact]
    public void Of_images()
    {
        var fixture = new Fixture("pools");
        using var net = new Pools(batch: 7);
        fixture.Check("max2", net.Max2);
        fixture.Check("maxTies", net.MaxTies);
        fixture.Check("maxNegativePadded", net.MaxNegativePadded);
        fixture.Check("maxOblong", net.MaxOblong);
        fixture.Check("average2", net.Average2);
        fixture.Check("averagePadded", net.AveragePadded);
        fixture.Check("averageOverlapping", net.AverageOverlapping);
        fixture.Check("globalAverage", net.GlobalAverage);
    }
}
