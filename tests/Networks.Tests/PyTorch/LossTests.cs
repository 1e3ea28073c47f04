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
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) Huber([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.Huber(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) HuberNarrow([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.Huber(u, delta: 0.3), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MeanSquaredError([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape] Tensor cotangent) => Probe.Of(x.MeanSquaredError(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) AbsoluteError([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.AbsoluteError(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) MeanAbsoluteError([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape] Tensor cotangent) => Probe.Of(x.MeanAbsoluteError(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) Poisson([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.PoissonNegativeLogLikelihood(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) PoissonFull([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.PoissonNegativeLogLikelihood(u, full: true), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) KullbackLeibler([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.KullbackLeiblerDivergence(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) KullbackLeiblerLogs([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor cotangent) => Probe.Of(x.KullbackLeiblerDivergence(u, logTarget: true), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) Cosine([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape] Tensor cotangent) => Probe.Of(x.CosineSimilarity(u), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) CosineFirst([Shape(4, 3)] Tensor x, [Shape(4, 3)] Tensor u, [Shape(3)] Tensor cotangent) => Probe.Of(x.CosineSimilarity(u, axis: 0), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU) CosineEmbedding([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape] Tensor target, [Shape] Tensor cotangent) => Probe.Of(x.CosineEmbedding(u, target, margin: -0.3), x, u, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU, Tensor GradientV) Gaussian([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor v, [Shape(9)] Tensor cotangent) => Probe.Of(x.GaussianNegativeLogLikelihood(u, v), x, u, v, cotangent);
    [Predict] static (Tensor Y, Tensor GradientX, Tensor GradientU, Tensor GradientV) GaussianFull([Shape(9)] Tensor x, [Shape(9)] Tensor u, [Shape(9)] Tensor v, [Shape(9)] Tensor cotangent) => Probe.Of(x.GaussianNegativeLogLikelihood(u, v, full: true, epsilon: 0.5), x, u, v, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) CrossEntropy([Shape(9)] Tensor x, [Classes(9)] Labels label, [Shape] Tensor cotangent) => Probe.Of(x.CrossEntropy(label), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MultiHinge([Shape(9)] Tensor x, [Classes(9)] Labels label, [Shape] Tensor cotangent) => Probe.Of(x.MultiHinge(label), x, cotangent);
    [Predict] static (Tensor Y, Tensor Gradient) MultiHingeWide([Shape(9)] Tensor x, [Classes(9)] Labels label, [Shape] Tensor cotangent) => Probe.Of(x.MultiHinge(label, margin: 2.5), x, cotangent);
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
        fixture.Check("huber", net.Huber);
        fixture.Check("huberNarrow", net.HuberNarrow);
        fixture.Check("meanSquaredError", net.MeanSquaredError);
        fixture.Check("absoluteError", net.AbsoluteError);
        fixture.Check("meanAbsoluteError", net.MeanAbsoluteError);
        fixture.Check("poisson", net.Poisson);
        fixture.Check("poissonFull", net.PoissonFull);
        fixture.Check("kullbackLeibler", net.KullbackLeibler);
        fixture.Check("kullbackLeiblerLogs", net.KullbackLeiblerLogs);
        fixture.Check("cosine", net.Cosine);
        fixture.Check("cosineFirst", net.CosineFirst);
        fixture.Check("gaussian", net.Gaussian);
        fixture.Check("gaussianFull", net.GaussianFull);
        var target = fixture.Floats("cosineEmbedding/target");
        fixture.Check("cosineEmbedding", (x, u, cotangent, y, gradientX, gradientU) => net.CosineEmbedding(x, u, target, cotangent, y, gradientX, gradientU));
        fixture.Check("crossEntropy", net.CrossEntropy);
        fixture.Check("crossEntropyMany", net.CrossEntropyMany);
        fixture.Check("multiHinge", net.MultiHinge);
        fixture.Check("multiHingeWide", net.MultiHingeWide);
    }

    /// <summary>A stack's loss is its word's, summed over the elements (or their mean where the word says so), averaged over the batch.</summary>
    [Fact]
    public void Of_a_stack()
    {
        using var squared = new SquaredErrorStack().Train(new Sgd(0.1), batch: 7);
        using var mean = new MeanSquaredErrorStack().Train(new Sgd(0.1), batch: 7);
        using var binary = new BinaryCrossEntropyStack().Train(new Sgd(0.1), batch: 7);
        using var logits = new BinaryCrossEntropyWithLogitsStack().Train(new Sgd(0.1), batch: 7);
        using var hinge = new HingeStack().Train(new Sgd(0.1), batch: 7);
        using var huber = new HuberStack().Train(new Sgd(0.1), batch: 7);
        using var narrow = new NarrowHuberStack().Train(new Sgd(0.1), batch: 7);
        using var absoluteError = new AbsoluteErrorStack().Train(new Sgd(0.1), batch: 7);
        using var meanAbsoluteError = new MeanAbsoluteErrorStack().Train(new Sgd(0.1), batch: 7);
        using var poisson = new PoissonNegativeLogLikelihoodStack().Train(new Sgd(0.1), batch: 7);
        using var kullbackLeibler = new KullbackLeiblerDivergenceStack().Train(new Sgd(0.1), batch: 7);
        Check("absoluteError", absoluteError.LearnLoss);
        Check("meanAbsoluteError", meanAbsoluteError.LearnLoss);
        Check("poisson", poisson.LearnLoss);
        Check("kullbackLeibler", kullbackLeibler.LearnLoss);
        Check("huber", huber.LearnLoss);
        Check("huberNarrow", narrow.LearnLoss);
        Check("squaredError", squared.LearnLoss);
        Check("meanSquaredError", mean.LearnLoss);
        Check("binaryCrossEntropy", binary.LearnLoss);
        Check("binaryCrossEntropyWithLogits", logits.LearnLoss);
        Check("hinge", hinge.LearnLoss);

        static void Check(string name, LossOf loss)
        {
            var fixture = new Fixture("losses");
            var values = fixture.Floats($"{name}/y");
            Assert.Equal(values.Sum(v => (double)v) / 7, loss(fixture.Floats($"{name}/x"), fixture.Floats($"{name}/u")), 1e-4);
        }
    }

    private delegate float LossOf(ReadOnlySpan<float> x, ReadOnlySpan<float> target);
}

/// <summary>The losses as the last line of a stack: of identity layers, so that the target's and the logits' own numbers remain.</summary>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), SquaredError]
public sealed partial class SquaredErrorStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), MeanSquaredError]
public sealed partial class MeanSquaredErrorStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), BinaryCrossEntropy]
public sealed partial class BinaryCrossEntropyStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), BinaryCrossEntropyWithLogits]
public sealed partial class BinaryCrossEntropyWithLogitsStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), Hinge]
public sealed partial class HingeStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), Huber]
public sealed partial class HuberStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), Huber(0.3)]
public sealed partial class NarrowHuberStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), AbsoluteError]
public sealed partial class AbsoluteErrorStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), MeanAbsoluteError]
public sealed partial class MeanAbsoluteErrorStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), PoissonNegativeLogLikelihood]
public sealed partial class PoissonNegativeLogLikelihoodStack;

/// <inheritdoc cref="SquaredErrorStack"/>
[Network, Input(9), Dense(9, Bias = false, Initializer = Initializer.Identity), KullbackLeiblerDivergence]
public sealed partial class KullbackLeiblerDivergenceStack;
