using Kiln;
using Kiln.Generators.Tests.Reference;

namespace Networks.Tests.PyTorch;

/// <summary>Cross-entropy of labels with smoothing, weights of classes and samples, and labels that are ignored.</summary>
[Network]
public sealed partial class CrossEntropies
{
    static readonly double[] Nine = [0.5, 1, 2, 0.25, 1.5, 1, 3, 0.75, 1], Four = [2, 0.5, 1, 0.25];

    [Predict] static (Tensor Y, Tensor Gradient) Smooth([Shape(9)] Tensor x, [Classes(9)] Labels label, [Shape] Tensor cotangent) => Probe.Of(x.CrossEntropy(label, smoothing: 0.1), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Weights([Shape(9)] Tensor x, [Classes(9)] Labels label, [Shape] Tensor cotangent) => Probe.Of(x.CrossEntropy(label, weights: Nine), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Ignored([Shape(3, 4)] Tensor x, [Shape(3), Classes(4)] Labels label, [Shape(3)] Tensor cotangent) => Probe.Of(x.CrossEntropy(label, ignored: 2), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) All([Shape(3, 4)] Tensor x, [Shape(3), Classes(4)] Labels label, [Shape(3)] Tensor cotangent) => Probe.Of(x.CrossEntropy(label, 0.2, Four, 0), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) Beyond([Shape(3, 4)] Tensor x, [Shape(3), Classes(5)] Labels label, [Shape(3)] Tensor cotangent) => Probe.Of(x.CrossEntropy(label, 0.2, Four, ignored: 4), x, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) SampleWeights([Shape(9)] Tensor x, [Shape] Tensor u, [Classes(9)] Labels label, [Shape] Tensor cotangent) => Probe.Of(x.CrossEntropy(label) * u, x, u, cotangent);

    static readonly Dense Nines = new(9) { Bias = false, Initializer = Initializer.Identity }, Fours = new(4) { Bias = false, Initializer = Initializer.Identity };

    /// <summary>The mean over the batch divided by the sum of the weights, not by the number of rows.</summary>
    [Learn]
    static Loss WeightedMean([Shape(9)] Tensor x, [Classes(9)] Labels label)
    {
        var weight = (label.OneHot() * Tensor.Constant([0.5f, 1, 2, 0.25f, 1.5f, 1, 3, 0.75f, 1])).Sum();
        return Nines.Apply(x).CrossEntropy(label, weights: Nine) / weight.BatchMean();
    }

    /// <summary>Likewise; ignored labels have the weight 0.</summary>
    [Learn]
    static Loss MeanOfTheRest([Shape(3, 4)] Tensor x, [Shape(3), Classes(4)] Labels label)
    {
        var weight = (label.OneHot() * Tensor.Constant([0, 0.5f, 1, 0.25f])).Sum();
        return Fours.Apply(x).CrossEntropy(label, weights: Four, ignored: 0).Sum() / weight.BatchMean();
    }
}

/// <summary>A stack's loss with its arguments: of an identity layer, so that the logits are the input.</summary>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), CrossEntropy(Weights = new[] { 0.5, 1, 2, 0.25, 1.5, 1, 3, 0.75, 1 })]
public sealed partial class WeightedCrossEntropyStack;

/// <inheritdoc cref="WeightedCrossEntropyStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), CrossEntropy(Smoothing = 0.1, Ignored = 9)]
public sealed partial class SmoothCrossEntropyStack;

public sealed class CrossEntropyTests
{
    private readonly Fixture _fixture = new("losses");

    [Fact]
    public void Values_and_gradients()
    {
        using var net = new CrossEntropies(batch: 7);
        _fixture.Check("crossEntropySmooth", net.Smooth);
        _fixture.Check("crossEntropyWeights", net.Weights);
        _fixture.Check("crossEntropyIgnored", net.Ignored);
        _fixture.Check("crossEntropyAll", net.All);
        var labels = _fixture.Labels("crossEntropySampleWeights/label");
        _fixture.Check("crossEntropySampleWeights", (x, u, cotangent, y, gradientX, gradientU) => net.SampleWeights(x, u, labels, cotangent, y, gradientX, gradientU));
    }

    /// <summary>The ignored label is a class more than there are logits: what it says of the others is as before.</summary>
    [Fact]
    public void An_ignored_label_may_have_no_logit()
    {
        using var net = new CrossEntropies(batch: 5);
        var (x, cotangent, labels) = (_fixture.Floats("crossEntropyAll/x"), _fixture.Floats("crossEntropyAll/cotangent"), _fixture.Labels("crossEntropyAll/label"));
        int[] beyond = [.. labels.Select(label => label == 0 ? 4 : label)];
        var (y, gradient) = (new float[15], new float[60]);
        net.Beyond(x, beyond, cotangent, y, gradient);
        _fixture.Near("crossEntropyAll/y", y, Against.Values);
        _fixture.Near("crossEntropyAll/gradient/x", gradient, Against.Gradients);
        Assert.All(Enumerable.Range(0, 15).Where(i => labels[i] == 0), i => Assert.True(y[i] == 0 && gradient[(4 * i)..(4 * i + 4)].All(g => g == 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => net.All(x, beyond, cotangent, y, gradient));
    }

    [Fact]
    public void The_mean_by_weights_is_PyTorchs()
    {
        using var net = new CrossEntropies();
        using var training = net.Train(batch: 7, weightedMean: new Sgd(0.1), meanOfTheRest: new Sgd(0.1));
        Assert.Equal(_fixture["crossEntropyWeights/mean"][0], training.WeightedMeanLoss(_fixture.Floats("crossEntropyWeights/x"), _fixture.Labels("crossEntropyWeights/label")), 1e-5);
        Assert.Equal(_fixture["crossEntropyAll/mean"][0], training.MeanOfTheRestLoss(_fixture.Floats("crossEntropyAll/x"), _fixture.Labels("crossEntropyAll/label")), 1e-5);
    }

    [Fact]
    public void Of_a_stack()
    {
        using var weighted = new WeightedCrossEntropyStack().Train(new Sgd(0.1), batch: 7);
        using var smooth = new SmoothCrossEntropyStack().Train(new Sgd(0.1), batch: 7);
        Assert.Equal(_fixture["crossEntropyWeights/y"].Average(), weighted.LearnLoss(_fixture.Floats("crossEntropyWeights/x"), _fixture.Labels("crossEntropyWeights/label")), 1e-5);
        Assert.Equal(_fixture["crossEntropySmooth/y"].Average(), smooth.LearnLoss(_fixture.Floats("crossEntropySmooth/x"), _fixture.Labels("crossEntropySmooth/label")), 1e-5);
        Assert.Equal(0, smooth.LearnLoss(_fixture.Floats("crossEntropySmooth/x"), [9, 9, 9, 9, 9, 9, 9]));
    }
}
