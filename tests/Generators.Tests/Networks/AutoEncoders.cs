using Kiln;
namespace Networks.AutoEncoders;

// Tied, sparse
[Network]
public sealed partial class TiedSparse
{
    static readonly Dense Code = new(256);
    [Predict] static Tensor Encode([Shape(784)] Tensor x) => Code.Apply(x).Relu();
    [Predict] static Tensor Rebuild([Shape(784)] Tensor x) => Code.Transposed().Apply(Encode(x)).Sigmoid();
    [Learn]
    static Loss Learn([Shape(784)] Tensor x)
    {
        var h = Encode(x);
        return Code.Transposed().Apply(h).BinaryCrossEntropyWithLogits(x).Sum() + 1e-3 * h.Abs().Sum();
    }
}

// Denoising: noise only while learning, because it is written only there
[Network]
public sealed partial class Denoising
{
    static readonly Sequential Body = new(new Dense(256), new Relu(), new Dense(784), new Sigmoid());
    [Predict] static Tensor Clean([Shape(784)] Tensor x) => Body.Apply(x);
    [Learn] static Loss Learn([Shape(784)] Tensor x) => Clean((x + 0.5 * Tensor.NormalLike(x)) * (Tensor.UniformLike(x) > 0.3)).BinaryCrossEntropy(x).Sum();
}

// ||dh/dx||_F^2 by the compiler, no closed form needed
[Network]
public sealed partial class Contractive
{
    static readonly Dense Code = new(100);
    [Predict] static Tensor Encode([Shape(784)] Tensor x) => Code.Apply(x).Sigmoid();
    [Learn]
    static (Loss Total, Tensor Jacobian) Learn([Shape(784)] Tensor x)
    {
        var h = Encode(x);
        var penalty = h.Gradient(x).Square().Sum();
        return (Code.Transposed().Apply(h).BinaryCrossEntropyWithLogits(x).Sum() + 0.1 * penalty, penalty);
    }
}

// Tangents are data (five directions per sample); the penalty is a Jacobian times them
[Network]
public sealed partial class TangentClassifier
{
    [Predict] static Tensor Logits([Shape(784)] Tensor x) => x.Dense(300).Softplus().Dense(300).Softplus().Dense(10);
    [Learn]
    static Loss Learn([Shape(784)] Tensor x, [Shape(784, 5)] Tensor tangents, [Classes(10)] Labels label)
    {
        var o = Logits(x);
        return o.CrossEntropy(label) + 0.01 * o.Gradient(x).MatMul(tangents).Square().Sum();
    }
}

// VAE
[Network]
public sealed partial class Vae
{
    const int Latent = 20;
    [Shared] static (Tensor Mean, Tensor LogVariance) Encode(Tensor x) { var h = x.Dense(400).Relu(); return (h.Dense(Latent), h.Dense(Latent)); }
    [Shared] static Tensor Decode(Tensor z) => z.Dense(400).Relu().Dense(784);

    [Learn]
    static (Loss Bound, Tensor Reconstruction, Tensor Divergence) Learn([Shape(784)] Tensor x)
    {
        var (mean, logVariance) = Encode(x);
        var z = mean + (0.5 * logVariance).Exp() * Tensor.NormalLike(mean);
        var reconstruction = Decode(z).BinaryCrossEntropyWithLogits(x).Sum();
        var divergence = -0.5 * (1 + logVariance - mean.Square() - logVariance.Exp()).Sum();
        return (reconstruction + divergence, reconstruction, divergence);
    }
    [Predict] static (Tensor Mean, Tensor LogVariance) Code([Shape(784)] Tensor x) => Encode(x);
    [Predict] static Tensor Paint([Shape(Latent)] Tensor z) => Decode(z).Sigmoid();
    [Predict] static Tensor Sample() => Decode(Tensor.Normal(Latent)).Sigmoid();
}

[Network]
public sealed partial class ConvolutionalAutoEncoder
{
    static readonly Sequential Body = new(
        new Conv2D(8) { Stride = 2, Padding = Padding.Same }, new Relu(), new Conv2D(16) { Stride = 2, Padding = Padding.Same }, new Relu(),
        new ConvTransposed2D(8) { Stride = 2, Padding = Padding.Same }, new Relu(), new ConvTransposed2D(1) { Stride = 2, Padding = Padding.Same }, new Sigmoid());
    [Predict] static Tensor Rebuild([Shape(1, 28, 28)] Tensor x) => Body.Apply(x);
    [Learn] static Loss Learn([Shape(1, 28, 28)] Tensor x) => 0.5 * Rebuild(x).SquaredError(x).Sum();
}

// Greedy pre-training of three layers, then everything supervised
[Network]
public sealed partial class StackedAutoEncoder
{
    static readonly Dense One = new(200), Two = new(200), Three = new(200), Head = new(10);
    static readonly Dense BackOne = new(784), BackTwo = new(200), BackThree = new(200);
    static Tensor Up(Tensor x, int layers) { foreach (var layer in new[] { One, Two, Three }.Take(layers)) x = layer.Apply(x).Sigmoid(); return x; }
    static Loss Rebuild(Tensor x, int below, Dense layer, Dense back) { var h = Up(x, below); return back.Apply(layer.Apply(h).Sigmoid()).BinaryCrossEntropyWithLogits(h).Sum(); }

    [Learn(nameof(One), nameof(BackOne))] static Loss First([Shape(784)] Tensor x) => Rebuild(x, 0, One, BackOne);
    [Learn(nameof(Two), nameof(BackTwo))] static Loss Second([Shape(784)] Tensor x) => Rebuild(x, 1, Two, BackTwo);
    [Learn(nameof(Three), nameof(BackThree))] static Loss Third([Shape(784)] Tensor x) => Rebuild(x, 2, Three, BackThree);
    [Predict] static Tensor Logits([Shape(784)] Tensor x) => Head.Apply(Up(x, 3));
    [Learn(nameof(Head))] static Loss HeadOnly([Shape(784)] Tensor x, [Classes(10)] Labels label) => Logits(x).CrossEntropy(label);
    [Learn(nameof(One), nameof(Two), nameof(Three), nameof(Head))] static Loss FineTune([Shape(784)] Tensor x, [Classes(10)] Labels label) => Logits(x).CrossEntropy(label);
}
public static class StackedHost
{
    public static void Run(float[][] batches, int[][] labels)
    {
        using var net = new StackedAutoEncoder(seed: 1);
        using var training = net.Train(batch: 64, first: new Sgd(0.1), second: new Sgd(0.1), third: new Sgd(0.1), headOnly: new Adam(), fineTune: new Adam(1e-4));
        foreach (var x in batches) training.First(x);
        foreach (var x in batches) training.Second(x);
        foreach (var x in batches) training.Third(x);
        for (var i = 0; i < batches.Length; i++) training.FineTune(batches[i], labels[i]);
    }
}
