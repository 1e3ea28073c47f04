using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Convolutions of all kinds: each the owner of its weights, read by the gradient of its input and by the program that trains it.</summary>
[Network]
public sealed partial class Convolutions
{
    [Predict] static Tensor Valid([Shape(3, 9, 8)] Tensor x) => x.Conv2D(7, kernel: 3);
    [Predict] static Tensor ValidGradient([Shape(3, 9, 8)] Tensor x, [Shape(7, 7, 6)] Tensor cotangent) => (Valid(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss ValidWeights([Shape(3, 9, 8)] Tensor x, [Shape(7, 7, 6)] Tensor cotangent) => (Valid(x) * cotangent).Sum();

    [Predict] static Tensor Padded([Shape(2, 7, 7)] Tensor x) => x.Conv2D(5, kernel: 5, padding: 2);
    [Predict] static Tensor PaddedGradient([Shape(2, 7, 7)] Tensor x, [Shape(5, 7, 7)] Tensor cotangent) => (Padded(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss PaddedWeights([Shape(2, 7, 7)] Tensor x, [Shape(5, 7, 7)] Tensor cotangent) => (Padded(x) * cotangent).Sum();

    [Predict] static Tensor Strided([Shape(3, 11, 10)] Tensor x) => x.Conv2D(33, kernel: 3, stride: 2, padding: 1);
    [Predict] static Tensor StridedGradient([Shape(3, 11, 10)] Tensor x, [Shape(33, 6, 5)] Tensor cotangent) => (Strided(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss StridedWeights([Shape(3, 11, 10)] Tensor x, [Shape(33, 6, 5)] Tensor cotangent) => (Strided(x) * cotangent).Sum();

    [Predict] static Tensor StridedOver([Shape(2, 9, 9)] Tensor x) => x.Conv2D(3, kernel: 2, stride: 3);
    [Predict] static Tensor StridedOverGradient([Shape(2, 9, 9)] Tensor x, [Shape(3, 3, 3)] Tensor cotangent) => (StridedOver(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss StridedOverWeights([Shape(2, 9, 9)] Tensor x, [Shape(3, 3, 3)] Tensor cotangent) => (StridedOver(x) * cotangent).Sum();

    [Predict] static Tensor Dilated([Shape(2, 11, 9)] Tensor x) => x.Conv2D(4, kernel: 3, padding: 2, dilation: 2);
    [Predict] static Tensor DilatedGradient([Shape(2, 11, 9)] Tensor x, [Shape(4, 11, 9)] Tensor cotangent) => (Dilated(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss DilatedWeights([Shape(2, 11, 9)] Tensor x, [Shape(4, 11, 9)] Tensor cotangent) => (Dilated(x) * cotangent).Sum();

    [Predict] static Tensor DilatedStrided([Shape(2, 13, 12)] Tensor x) => x.Conv2D(3, kernel: 3, stride: 2, padding: 1, dilation: 3);
    [Predict] static Tensor DilatedStridedGradient([Shape(2, 13, 12)] Tensor x, [Shape(3, 5, 4)] Tensor cotangent) => (DilatedStrided(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss DilatedStridedWeights([Shape(2, 13, 12)] Tensor x, [Shape(3, 5, 4)] Tensor cotangent) => (DilatedStrided(x) * cotangent).Sum();

    [Predict] static Tensor Grouped([Shape(6, 7, 6)] Tensor x) => x.Conv2D(9, kernel: 3, padding: 1, groups: 3);
    [Predict] static Tensor GroupedGradient([Shape(6, 7, 6)] Tensor x, [Shape(9, 7, 6)] Tensor cotangent) => (Grouped(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss GroupedWeights([Shape(6, 7, 6)] Tensor x, [Shape(9, 7, 6)] Tensor cotangent) => (Grouped(x) * cotangent).Sum();

    [Predict] static Tensor Depthwise([Shape(5, 6, 7)] Tensor x) => x.Conv2D(5, kernel: 3, stride: 2, padding: 1, groups: 5);
    [Predict] static Tensor DepthwiseGradient([Shape(5, 6, 7)] Tensor x, [Shape(5, 3, 4)] Tensor cotangent) => (Depthwise(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss DepthwiseWeights([Shape(5, 6, 7)] Tensor x, [Shape(5, 3, 4)] Tensor cotangent) => (Depthwise(x) * cotangent).Sum();

    [Predict] static Tensor Oblong([Shape(2, 8, 11)] Tensor x) => x.Conv2D(3, kernel: (1, 4), stride: (1, 2));
    [Predict] static Tensor OblongGradient([Shape(2, 8, 11)] Tensor x, [Shape(3, 8, 4)] Tensor cotangent) => (Oblong(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss OblongWeights([Shape(2, 8, 11)] Tensor x, [Shape(3, 8, 4)] Tensor cotangent) => (Oblong(x) * cotangent).Sum();

    [Predict] static Tensor Pixel([Shape(17, 3, 2)] Tensor x) => x.Conv2D(35, kernel: 1);
    [Predict] static Tensor PixelGradient([Shape(17, 3, 2)] Tensor x, [Shape(35, 3, 2)] Tensor cotangent) => (Pixel(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss PixelWeights([Shape(17, 3, 2)] Tensor x, [Shape(35, 3, 2)] Tensor cotangent) => (Pixel(x) * cotangent).Sum();

    [Predict] static Tensor Whole([Shape(3, 5, 4)] Tensor x) => x.Conv2D(4, kernel: (5, 4));
    [Predict] static Tensor WholeGradient([Shape(3, 5, 4)] Tensor x, [Shape(4, 1, 1)] Tensor cotangent) => (Whole(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss WholeWeights([Shape(3, 5, 4)] Tensor x, [Shape(4, 1, 1)] Tensor cotangent) => (Whole(x) * cotangent).Sum();

    [Predict] static Tensor SameEven([Shape(2, 7, 6)] Tensor x) => x.Conv2D(3, kernel: 4, padding: Padding.Same);
    [Predict] static Tensor SameEvenGradient([Shape(2, 7, 6)] Tensor x, [Shape(3, 7, 6)] Tensor cotangent) => (SameEven(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss SameEvenWeights([Shape(2, 7, 6)] Tensor x, [Shape(3, 7, 6)] Tensor cotangent) => (SameEven(x) * cotangent).Sum();

    [Predict] static Tensor SameOdd([Shape(2, 7, 6)] Tensor x) => x.Conv2D(3, kernel: 3, padding: Padding.Same);
    [Predict] static Tensor SameOddGradient([Shape(2, 7, 6)] Tensor x, [Shape(3, 7, 6)] Tensor cotangent) => (SameOdd(x) * cotangent).Sum().Gradient(x);
    [Learn] static Loss SameOddWeights([Shape(2, 7, 6)] Tensor x, [Shape(3, 7, 6)] Tensor cotangent) => (SameOdd(x) * cotangent).Sum();
}

public sealed class ConvolutionTests : IDisposable
{
    private readonly Convolutions _net = new(batch: 7);
    private readonly Convolutions.Training _training;

    public ConvolutionTests() => _training = _net.Train(batch: 7, threads: 1);

    private delegate void InputGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> cotangent, Span<float> gradient);

    private delegate float WeightGradients(ReadOnlySpan<float> x, ReadOnlySpan<float> cotangent);

    public void Dispose()
    {
        _training.Dispose();
        _net.Dispose();
    }

    [Fact] public void Valid() => Check("valid", _net.Valid, _net.ValidGradient, _training.ValidWeightsGradients);
    [Fact] public void Padded() => Check("padded", _net.Padded, _net.PaddedGradient, _training.PaddedWeightsGradients);
    [Fact] public void Strided() => Check("strided", _net.Strided, _net.StridedGradient, _training.StridedWeightsGradients);
    [Fact] public void StridedOver() => Check("stridedOver", _net.StridedOver, _net.StridedOverGradient, _training.StridedOverWeightsGradients);
    [Fact] public void Dilated() => Check("dilated", _net.Dilated, _net.DilatedGradient, _training.DilatedWeightsGradients);
    [Fact] public void DilatedStrided() => Check("dilatedStrided", _net.DilatedStrided, _net.DilatedStridedGradient, _training.DilatedStridedWeightsGradients);
    [Fact] public void Grouped() => Check("grouped", _net.Grouped, _net.GroupedGradient, _training.GroupedWeightsGradients);
    [Fact] public void Depthwise() => Check("depthwise", _net.Depthwise, _net.DepthwiseGradient, _training.DepthwiseWeightsGradients);
    [Fact] public void Oblong() => Check("oblong", _net.Oblong, _net.OblongGradient, _training.OblongWeightsGradients);
    [Fact] public void Pixel() => Check("pixel", _net.Pixel, _net.PixelGradient, _training.PixelWeightsGradients);
    [Fact] public void Whole() => Check("whole", _net.Whole, _net.WholeGradient, _training.WholeWeightsGradients);
    [Fact] public void SameEven() => Check("sameEven", _net.SameEven, _net.SameEvenGradient, _training.SameEvenWeightsGradients);
    [Fact] public void SameOdd() => Check("sameOdd", _net.SameOdd, _net.SameOddGradient, _training.SameOddWeightsGradients);

    private void Check(string name, Function forward, InputGradient inputGradient, WeightGradients weightGradients)
    {
        var fixture = new Fixture("convolutions");
        _net[$"{name}.conv1.weight"].CopyFrom(fixture.Floats($"{name}/initial/conv1.weight"));
        _net[$"{name}.conv1.bias"].CopyFrom(fixture.Floats($"{name}/initial/conv1.bias"));
        var (x, cotangent) = (fixture.Floats($"{name}/x"), fixture.Floats($"{name}/cotangent"));
        var (y, gradient) = (fixture.Room($"{name}/y"), fixture.Room($"{name}/gradient/x"));
        forward(x, y);
        fixture.Near($"{name}/y", y, Against.Values);
        inputGradient(x, cotangent, gradient);
        fixture.Near($"{name}/gradient/x", gradient, Against.Gradients);
        weightGradients(x, cotangent);
        fixture.Near($"{name}/gradient/conv1.weight", _training.Gradients[$"{name}.conv1.weight"].ToArray(), Against.Gradients);
        fixture.Near($"{name}/gradient/conv1.bias", _training.Gradients[$"{name}.conv1.bias"].ToArray(), Against.Gradients);
    }
}
