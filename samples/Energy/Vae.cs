namespace Kiln.Samples.Energy;

/// <summary>
/// A variational auto-encoder (Kingma and Welling 2014): the encoder gives mean and variance of a normal code for each digit, the decoder the probability of each pixel.
/// </summary>
/// <param name="latent">Numbers in the code.</param>
public sealed class GaussianAutoEncoder(int latent) : Layer
{
    private readonly Dense _seen = new(400), _mean = new(latent), _logVariance = new(latent), _meant = new(400), _pixels = new(784);

    /// <summary>The mean of the code.</summary>
    public override Tensor Apply(Tensor x) => _mean.Apply(_seen.Apply(x).Relu());

    /// <summary>The logits of the pixels.</summary>
    public Tensor Decode(Tensor z) => _pixels.Apply(_meant.Apply(z).Relu());

    /// <summary>
    /// What bounds −log p(x) from above: the cross-entropy of the pixels with those decoded from a code that is drawn, and the divergence of the code from a standard normal one.
    /// The draw is mean + deviation · noise, so that the gradient flows through both.
    /// </summary>
    public (Tensor Reconstruction, Tensor Divergence) Bound(Tensor x)
    {
        var h = _seen.Apply(x).Relu();
        var (mean, logVariance) = (_mean.Apply(h), _logVariance.Apply(h));
        var z = mean + (0.5 * logVariance).Exp() * Tensor.NormalLike(mean);
        return (Decode(z).BinaryCrossEntropyWithLogits(x).Sum(), -0.5 * (1 + logVariance - mean.Square() - logVariance.Exp()).Sum());
    }
}

/// <summary>784-400-20-400-784. Pixels are black or white, cut at one half.</summary>
[Network]
public sealed partial class DigitVae
{
    internal const int Latent = 20;

    static readonly GaussianAutoEncoder Model = new(Latent);

    [Learn]
    static (Loss Bound, Tensor Reconstruction, Tensor Divergence) Learn([Bytes, Shape(784)] Tensor x)
    {
        var (reconstruction, divergence) = Model.Bound(x > 0.5);
        return (reconstruction + divergence, reconstruction, divergence);
    }

    /// <summary>A digit from a code.</summary>
    [Predict]
    static Tensor Paint([Shape(Latent)] Tensor z) => Model.Decode(z).Sigmoid();

    /// <summary>A digit from a code that is drawn.</summary>
    [Predict]
    static Tensor Sample() => Paint(Tensor.Normal(Latent));

    /// <summary>A digit from the mean of another's code.</summary>
    [Predict]
    static Tensor Rebuild([Bytes, Shape(784)] Tensor x) => Paint(Model.Apply(x > 0.5));
}

/// <summary>The same with a code of two numbers, which can be drawn on paper.</summary>
[Network]
public sealed partial class PlaneVae
{
    static readonly GaussianAutoEncoder Model = new(2);

    [Learn]
    static (Loss Bound, Tensor Reconstruction, Tensor Divergence) Learn([Bytes, Shape(784)] Tensor x)
    {
        var (reconstruction, divergence) = Model.Bound(x > 0.5);
        return (reconstruction + divergence, reconstruction, divergence);
    }

    [Predict]
    static Tensor Paint([Shape(2)] Tensor z) => Model.Decode(z).Sigmoid();

    /// <summary>Where a digit is in the plane.</summary>
    [Predict]
    static Tensor Code([Bytes, Shape(784)] Tensor x) => Model.Apply(x > 0.5);
}
